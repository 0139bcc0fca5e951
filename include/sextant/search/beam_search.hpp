#pragma once

#include <cstddef>

#include "../core/stop_condition.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "scorer.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How many nodes are expanded between two looks at a stop condition: a look may read the clock.
inline constexpr std::size_t hops_between_stops = 16;

/// Gathers the neighbours of `id` that the search has not met into scratch.ids, and returns how many.
SEXTANT_INLINE std::size_t gather(const graph& nodes, slot id, unsigned level, search_scratch& scratch) {
    std::size_t n = 0;
    slot* const ids = scratch.ids.data();
    nodes.links(id, level).each([&](slot other) {
        if (scratch.visited.insert(other)) ids[n++] = other;
    });
    return n;
}

/// Finds the `ef` nodes of a level nearest to the query, from `start` on: algorithm 2 of the HNSW paper. The result is
/// left in scratch.candidates, nearest first. Allocates only where scratch has not been as large before; then it may
/// throw std::bad_alloc.
template <class Codec, class Tracker>
void beam_search(const graph& nodes, const scorer<Codec>& score, neighbor start, unsigned level, std::size_t ef,
                 search_scratch& scratch, Tracker track, const stop_condition& stop = {}) {
    beam& candidates = scratch.candidates;
    candidates.reset(ef);
    scratch.visited.begin(nodes.end());
    scratch.reserve_links(nodes.capacity(level));
    scratch.visited.insert(start.id);
    candidates.push(start.distance, start.id);

    const bool may_stop = stop.possible();
    std::size_t until_look = 0;
    while (candidates.has_next()) {
        if (may_stop && until_look-- == 0) {
            if (stop.requested()) return track.stopped();
            until_look = hops_between_stops - 1;
        }
        const std::size_t n = gather(nodes, candidates.pop(), level, scratch);
        // The node that is next now is usually still next after the newcomers are in.
        if (candidates.has_next()) SEXTANT_PREFETCH(nodes.links(candidates.peek(), level).address());
        score(scratch.ids.data(), n, scratch.distances.data());
        track.hop();
        track.distances(n);
        for (std::size_t i = 0; i < n; ++i) {
            if (scratch.distances[i] <= candidates.worst()) candidates.push(scratch.distances[i], scratch.ids[i]);
        }
    }
}

}  // namespace sextant::inline SEXTANT_ABI
