#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "../core/types.hpp"
#include "../simd/reduce.hpp"
#include "beam.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The `k` nearest of a beam, in scratch.answers. Allocates only where scratch has not been as large before.
inline std::span<const neighbor> copy_nearest(const beam& found, std::size_t k, search_scratch& scratch) {
    const std::size_t n = std::min(k, found.size());
    scratch.answers.clear();
    scratch.answers.reserve(n);
    for (std::size_t i = 0; i < n; ++i) scratch.answers.push_back(found[i]);
    return scratch.answers;
}

/// How many candidates in a row may fail to enter the best k before the rest is taken to fail too, where the caller leaves
/// the depth open. Of small codes at least 32, a quarter of the beam, and as many as came before the last that did not fail:
/// codes of 4 bits and more, whose order is nearly right, are done soon after k; codes of one bit go on for most of the beam. A
/// fixed share of the beam was too much for the ones or too little for the others, and so was a fixed number in a row
/// (text-1536, sift-100k).
inline constexpr auto patience_with_codes = [](std::size_t k, std::size_t ef, std::size_t last_useful) noexcept {
    return std::max({std::size_t{32}, k, ef / 4, last_useful});
};

/// The same of codes that are off by a rounding, whose order is wrong among close neighbours only.
inline constexpr auto patience_with_roundings = [](std::size_t k, std::size_t, std::size_t) noexcept {
    return std::max(std::size_t{8}, k / 8);
};

/// How many candidates there should be, so that the k nearest are among them however the last were rounded.
constexpr std::size_t room_for_roundings(std::size_t k) noexcept { return k + patience_with_roundings(k, 0, 0); }

/// Compares the candidates of a beam anew by `score`, nearest first, and returns the `k` nearest by that, in their new order,
/// in scratch.answers: the first `depth` of them, or with depth 0 until `patience` runs out. Allocates only where
/// scratch has not been as large before.
template <class FineScorer, class Patience, class Tracker>
std::span<const neighbor> rescore(const FineScorer& score, const beam& found, std::size_t depth, Patience&& patience,
                                  std::size_t k, search_scratch& scratch, Tracker track) {
    const std::size_t most = std::min(depth == 0 ? found.size() : std::max(depth, k), found.size());
    beam& best = scratch.rescored;
    best.reset(std::max<std::size_t>(k, 1));
    std::size_t fetched = 0;
    std::size_t done = 0;
    std::size_t useful = 0;  // one more than the rank of the last candidate that was
    while (done < most && (depth != 0 || done < useful + patience(k, found.size(), useful))) {
        for (const std::size_t end = std::min(most, done + score.ahead() + simd::kernel_rows); fetched < end;) {
            score.prefetch(found[fetched++].id);
        }
        std::array<slot, simd::kernel_rows> ids;
        std::array<float, simd::kernel_rows> distances;
        const std::size_t rows = std::min(simd::kernel_rows, most - done);
        for (std::size_t r = 0; r < rows; ++r) ids[r] = found[done + r].id;
        score.few(ids.data(), rows, distances.data());
        for (std::size_t r = 0; r < rows; ++r) {
            if (best.push(distances[r], ids[r])) useful = done + r + 1;
        }
        done += rows;
    }
    track.rescored(done);
    return copy_nearest(best, k, scratch);
}

}  // namespace sextant::inline SEXTANT_ABI
