#pragma once

#include <cstddef>

#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "scorer.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Walks greedily from `from` down to the local minimum of level `last + 1`, one level after the other: algorithm 2 of the
/// HNSW paper with ef = 1. Returns where to begin on level `last`.
template <class Codec, class Tracker>
neighbor descend(const graph& nodes, const scorer<Codec>& score, entry_point from, unsigned last, search_scratch& scratch,
                 Tracker track) {
    scratch.reserve_links(nodes.capacity(0));
    neighbor best{score(from.id), from.id};
    track.distances(1);
    for (unsigned level = from.level; level > last; --level) {
        for (bool moved = true; moved;) {
            moved = false;
            std::size_t n = 0;
            nodes.links(best.id, level).each([&](slot id) { scratch.ids[n++] = id; });
            score(scratch.ids.data(), n, scratch.distances.data());
            track.hop();
            track.distances(n);
            for (std::size_t i = 0; i < n; ++i) {
                const neighbor other{scratch.distances[i], scratch.ids[i]};
                if (other < best) {
                    best = other;
                    moved = true;
                }
            }
        }
    }
    return best;
}

}  // namespace sextant::inline SEXTANT_ABI
