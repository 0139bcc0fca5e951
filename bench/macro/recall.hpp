#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/matrix.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bench {

/// The share of the k nearest that `found` holds. An id the truth does not name still counts when its exact
/// distance is no larger than the k-th true one: among equals the truth had to choose. An id given twice
/// counts once.
inline double recall_of(std::span<const std::uint32_t> found, std::span<const std::uint32_t> truth,
                        std::size_t k, std::span<const float> query, const exact_distances& distance) {
    std::vector<std::uint32_t> ids(found.begin(), found.end());
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    const std::span<const std::uint32_t> nearest = truth.first(k);
    const auto is_hit = [&](std::uint32_t id) {
        return std::ranges::find(nearest, id) != nearest.end() ||
               distance(query, id) <= distance(query, nearest.back());
    };
    const auto hits = std::min<std::size_t>(k, static_cast<std::size_t>(std::ranges::count_if(ids, is_hit)));
    return static_cast<double>(hits) / static_cast<double>(k);
}

} // namespace bench
