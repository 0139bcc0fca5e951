#pragma once

#include <sextant/sextant.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "index/support/points.hpp"
#include "support/matrix.hpp"
#include "support/reference.hpp"
#include "support/sanitizers.hpp"
#include "support/words.hpp"

namespace support {

/// Words that a test of recall can afford. Emulated or watched, a fifth of them has to do.
#if defined(__x86_64__)
inline constexpr std::size_t some_words = sanitized ? 1'000 : 5'000;
#else
inline constexpr std::size_t some_words = 1'000;
#endif

/// The first words, 200 of them, evenly spread, held out as queries, with the keys of the ten nearest others by cosine.
struct held_out_words {
    matrix<float> base;
    matrix<float> queries;
    std::vector<std::vector<std::uint64_t>> truth;

    explicit held_out_words(std::size_t count) {
        const matrix<float> words = read_words(count).vectors;
        base.dim = queries.dim = words.dim;
        const std::size_t every = count / 200;
        for (std::size_t row = 0; row < words.rows; ++row) {
            matrix<float>& side = row % every == every - 1 ? queries : base;
            side.values.insert(side.values.end(), words[row].begin(), words[row].end());
            ++side.rows;
        }
        sextant::index<sextant::cosine> exact({.dim = base.dim, .degree = 2, .ef_construction = 1});
        exact.build(keys_from(0, base.rows), sextant::rows(base.values, base.dim));
        for (std::size_t q = 0; q < queries.rows; ++q) {
            std::vector<std::uint64_t>& keys = truth.emplace_back();
            for (const auto& h : exact.search_exact(queries[q], 10)) keys.push_back(h.key);
        }
    }

    /// The share of the true ten that searches find.
    template <class Index>
    double recall(const Index& index, const sextant::search_options<>& options) const {
        std::size_t found = 0;
        for (std::size_t q = 0; q < queries.rows; ++q) {
            for (const auto& h : index.search(queries[q], 10, options)) {
                found += std::ranges::count(truth[q], h.key) > 0 ? 1u : 0u;
            }
        }
        return static_cast<double>(found) / static_cast<double>(10 * queries.rows);
    }

    template <class Index>
    double recall(const Index& index, std::size_t ef) const {
        return recall(index, sextant::search_options<>{.ef = ef});
    }
};

}  // namespace support
