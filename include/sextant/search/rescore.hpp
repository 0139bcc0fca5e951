#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "../core/types.hpp"
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

/// Gives the `depth` nearest of a beam the distances of `score`; the `k` nearest of these, in their new order, are left in
/// scratch.answers. Allocates only where scratch has not been as large before.
template <class FineScorer, class Tracker>
std::span<const neighbor> rescore(const FineScorer& score, const beam& found, std::size_t depth, std::size_t k,
                                  search_scratch& scratch, Tracker track) {
    depth = std::min(depth, found.size());
    scratch.reserve_links(depth);
    for (std::size_t i = 0; i < depth; ++i) scratch.ids[i] = found[i].id;
    score(scratch.ids.data(), depth, scratch.distances.data());
    track.rescored(depth);
    std::vector<neighbor>& best = scratch.answers;
    best.clear();
    best.reserve(depth);
    for (std::size_t i = 0; i < depth; ++i) best.push_back({scratch.distances[i], scratch.ids[i]});
    const std::size_t n = std::min(k, depth);
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(n), best.end());
    best.resize(n);
    return best;
}

}  // namespace sextant::inline SEXTANT_ABI
