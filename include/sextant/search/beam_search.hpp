#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "../core/stop_condition.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../simd/reduce.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How many rounds of a search's loop lie between two looks at a stop condition: a look may read the clock.
inline constexpr std::size_t rounds_between_stops = 64;

/// Appends the neighbours of `id` that the search has not met to the `n` in scratch.ids, and returns how many there are.
SEXTANT_INLINE std::size_t gather(const graph& nodes, slot id, unsigned level, search_scratch& scratch, std::size_t n = 0) {
    slot* const ids = scratch.ids.data();
    nodes.links(id, level).each([&](slot other) {
        if (scratch.visited.insert(other)) ids[n++] = other;
    });
    return n;
}

/// Finds the `ef` nodes of a level nearest to the query, from `start` on: algorithm 2 of the HNSW paper. The result is
/// left in scratch.candidates, nearest first. Allocates only where scratch has not been as large before; then it may
/// throw std::bad_alloc.
///
/// Neighbours wait in a queue between being met and being compared, and whenever it runs low the nearest node in the beam is
/// expanded to refill it, before everything known about it is compared. So there are always codes under way from memory
/// while others are compared, across the borders of nodes. Expanding a node a little early costs no distances: nearly
/// every node that enters the beam is expanded in the end.
template <class Scorer, class Tracker>
void beam_search(const graph& nodes, const Scorer& score, neighbor start, unsigned level, std::size_t ef,
                 search_scratch& scratch, Tracker track, const stop_condition& stop = {}) {
    beam& candidates = scratch.candidates;
    candidates.reset(ef);
    scratch.visited.begin(nodes.end());
    scratch.visited.insert(start.id);
    candidates.push(start.distance, start.id);

    const std::size_t most = nodes.capacity(level);
    const std::size_t ahead = score.ahead() + simd::kernel_rows;
    const std::size_t room = ahead + 4 * most;
    scratch.reserve_links(room);
    slot* const queue = scratch.ids.data();
    std::size_t head = 0;     // the first to be compared
    std::size_t fetched = 0;  // the first whose code is not yet being fetched
    std::size_t tail = 0;

    const bool may_stop = stop.possible();
    for (std::size_t round = 0;; ++round) {
        if (may_stop && round % rounds_between_stops == 0 && stop.requested()) return track.stopped();
        while (tail - head < ahead && candidates.has_next()) {
            if (tail + most > room) {
                std::copy(queue + head, queue + tail, queue);
                tail -= head;
                fetched -= head;
                head = 0;
            }
            tail = gather(nodes, candidates.pop(), level, scratch, tail);
            track.hop();
        }
        if (head == tail) return;
        const auto fetch = [&](std::size_t most_codes, std::size_t end) SEXTANT_INLINE_LAMBDA {
            for (end = std::min(tail, end); fetched < end && most_codes > 0; --most_codes) score.prefetch(queue[fetched++]);
        };
        if (fetched <= head + simd::kernel_rows) fetch(ahead, head + ahead);

        const std::size_t rows = std::min(simd::kernel_rows, tail - head);
        std::array<float, simd::kernel_rows> distances;
        score.few(queue + head, rows, distances.data());
        track.distances(rows);
        for (std::size_t i = 0; i < rows; ++i) {
            fetch(2, head + rows + ahead);
            if (distances[i] <= candidates.worst()) candidates.push(distances[i], queue[head + i]);
        }
        head += rows;
        // The node that is next now is usually still next when the queue runs low.
        candidates.peek([&](slot next) { SEXTANT_PREFETCH(nodes.links(next, level).address()); });
    }
}

}  // namespace sextant::inline SEXTANT_ABI
