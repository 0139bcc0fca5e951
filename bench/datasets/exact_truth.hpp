#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/matrix.hpp"
#include "datasets/parallel_for.hpp"
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

/// The k nearest rows of the base for every query by brute force, nearest first, ties to the lower id.
/// `progress(done, total)` is called as queries are finished, from any of the threads.
template <class Progress>
id_matrix exact_truth(const float_matrix& base, const float_matrix& queries, const exact_distances& distance,
                      std::size_t k, std::size_t threads, Progress&& progress) {
    k = std::min(k, base.rows());
    id_matrix truth;
    truth.dim = k;
    truth.values.resize(queries.rows() * k);
    std::vector<std::vector<std::pair<double, std::uint32_t>>> scratch(std::max<std::size_t>(threads, 1));
    std::atomic<std::size_t> done{0};
    parallel_for(queries.rows(), scratch.size(), [&](std::size_t query, std::size_t thread) {
        auto& scored = scratch[thread];
        scored.resize(base.rows());
        for (std::size_t row = 0; row < scored.size(); ++row) {
            scored[row] = {distance(queries[query], row), static_cast<std::uint32_t>(row)};
        }
        const auto middle = scored.begin() + static_cast<std::ptrdiff_t>(k);
        std::partial_sort(scored.begin(), middle, scored.end());
        std::transform(scored.begin(), middle, truth[query].begin(),
                       [](const auto& hit) { return hit.second; });
        progress(done.fetch_add(1, std::memory_order_relaxed) + 1, queries.rows());
    });
    return truth;
}

} // namespace bench
