#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "../core/stop_condition.hpp"
#include "../graph/graph.hpp"
#include "hidden.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How many nodes an exact scan compares at a time.
inline constexpr std::size_t scan_block = 64;

/// Compares the query with every node that may be an answer and `allowed` passes and leaves the `k` nearest in
/// scratch.results, nearest first. Returns the newcomers that it has not looked at, for reconcile(). O(n) distances, in the
/// order of the slots, which is the order of memory.
template <class Scorer, class Allowed, class Tracker>
newcomers exact_scan(const graph& nodes, const Scorer& score, std::size_t k, Allowed&& allowed, search_scratch& scratch,
                     Tracker track, const stop_condition& stop = {}) {
    constexpr std::size_t stretch = 512;  // nodes looked at between two looks at the stop condition
    scratch.results.reset(k);
    scratch.reserve_links(scan_block);
    const bool may_stop = stop.possible();
    newcomers fresh(nodes);
    const std::size_t end = nodes.end();
    for (std::size_t first = 0; first < end;) {
        if (may_stop && stop.requested()) {
            track.stopped();
            return fresh;
        }
        const auto passed = [&](slot id) { return (id < first || id >= end) && allowed(id); };
        if (fresh.any()) add_newcomers(nodes, score, passed, fresh, scratch.results, track);
        std::size_t n = 0;
        for (const std::size_t last = std::min(end, first + stretch); first < last && n < scan_block; ++first) {
            const auto id = static_cast<slot>(first);
            if (may_be_answer(nodes, id) && allowed(id)) scratch.ids[n++] = id;
        }
        score(scratch.ids.data(), n, scratch.distances.data());
        track.distances(n);
        for (std::size_t i = 0; i < n; ++i) {
            if (scratch.distances[i] <= scratch.results.worst()) scratch.results.push(scratch.distances[i], scratch.ids[i]);
        }
    }
    return fresh;
}

}  // namespace sextant::inline SEXTANT_ABI
