#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../core/stop_condition.hpp"
#include "../graph/graph.hpp"
#include "beam_search.hpp"
#include "exact_scan.hpp"
#include "exact_scorer.hpp"
#include "newcomers.hpp"
#include "scorer.hpp"
#include "scratch.hpp"
#include "stats.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Finds the nodes nearest to the query among those that `allowed(slot)` passes, on level 0 from `start` on, and leaves up
/// to `ef` of them in scratch.results, nearest first.
///
/// Nodes that do not pass are bridges: they are expanded but never returned, and the walk goes on until `ef` that pass
/// are nearer than everything left. With selectivity s that meets about ef/s nodes. When it has met a tenth of the index
/// and still not filled its results, comparing everything that passes, in the order of memory, is cheaper than going
/// on, and exact; so a search returns k answers whenever k nodes pass.
///
/// Until its results are full no more nodes wait than it may meet, and for these the frontier is reserved, up to
/// `most_reserved`. Afterwards only nodes nearer than the results wait, which are more only if what passes is far away.
///
/// Returns the newcomers that it has not looked at, for reconcile().
template <class Codec, class Allowed, class Tracker>
newcomers filtered_search(const graph& nodes, const scorer<Codec>& score, neighbor start, std::size_t ef, Allowed&& allowed,
                          search_scratch& scratch, Tracker track, const stop_condition& stop = {}) {
    const newcomers fresh(nodes);
    beam& results = scratch.results;
    std::vector<neighbor>& frontier = scratch.frontier;
    constexpr std::size_t most_reserved = std::size_t{1} << 20;  // 8 MiB, below SEXTANT_SCRATCH_CAP
    const auto farther = [](const neighbor& a, const neighbor& b) { return b < a; };
    const std::size_t budget = std::max<std::size_t>(4 * ef, nodes.end() / 10);
    results.reset(ef);
    frontier.clear();
    scratch.reserve_frontier(std::min(budget + nodes.capacity(0), most_reserved));
    scratch.visited.begin(nodes.end());
    scratch.reserve_links(std::max(nodes.capacity(0), scan_block));
    scratch.visited.insert(start.id);
    frontier.push_back(start);
    if (allowed(start.id)) results.push(start.distance, start.id);

    const bool may_stop = stop.possible();
    std::size_t met = 1;
    for (std::size_t hops = 0; !frontier.empty(); ++hops) {
        if (may_stop && hops % rounds_between_stops == 0 && stop.requested()) {
            track.stopped();
            return fresh;
        }
        if (met > budget && !results.full()) break;
        std::pop_heap(frontier.begin(), frontier.end(), farther);
        const neighbor nearest = frontier.back();
        frontier.pop_back();
        if (nearest.distance > results.worst()) return fresh;
        const std::size_t n = gather(nodes, nearest.id, 0, scratch);
        score(scratch.ids.data(), n, scratch.distances.data());
        track.hop();
        track.distances(n);
        met += n;
        for (std::size_t i = 0; i < n; ++i) {
            const neighbor other{scratch.distances[i], scratch.ids[i]};
            if (other.distance > results.worst()) continue;
            frontier.push_back(other);
            std::push_heap(frontier.begin(), frontier.end(), farther);
            if (allowed(other.id)) results.push(other.distance, other.id);
        }
    }
    if (results.full()) return fresh;
    track.scanned();
    return exact_scan(nodes, exact_scorer<Codec>(nodes, score.codec(), score.query()), ef, allowed, scratch, track, stop);
}

}  // namespace sextant::inline SEXTANT_ABI
