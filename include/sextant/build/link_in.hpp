#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../search/beam_search.hpp"
#include "../search/descend.hpp"
#include "../search/scorer.hpp"
#include "../search/scratch.hpp"
#include "../search/stats.hpp"
#include "connect.hpp"
#include "insert.hpp"
#include "select_neighbors.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Searches for the neighbours of a node that is in the graph already, as an insertion would, and links it with those on a
/// level that it and the entry point, another node, have. What links it has stay where they fit. Nobody else may change
/// the graph. Throws std::bad_alloc, with nothing changed.
template <codec Codec>
void link_in(graph& nodes, const Codec& codec, slot id, unsigned level, std::size_t ef, search_scratch& search,
             insert_scratch& scratch) {
    selection_space& space = scratch.selection;
    const scorer<Codec> score(nodes, codec, codec.prepare_stored(nodes.code(id), search.query.reserve(codec.query_bytes())));
    const neighbor start = descend(nodes, score, nodes.entry(), level, search, no_tracker{});
    beam_search(nodes, score, start, level, ef, search, no_tracker{});
    const beam& found = search.candidates;
    space.reserve(std::max(found.size(), nodes.capacity(0)) + 1, nodes.capacity(0), codec.query_bytes());
    space.pool.clear();
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].id != id && is_live(nodes, found[i].id)) space.pool.push_back(found[i]);
    }
    select_neighbors(nodes, codec, std::span<const neighbor>(space.pool), nodes.degree(), [](slot) { return false; }, space);
    std::vector<neighbor>& chosen = scratch.plan.links;
    chosen.assign(space.kept.begin(), space.kept.end());
    for (const neighbor& n : chosen) {
        add_links(nodes, codec, id, {&n, 1}, level, space);
        const neighbor back{n.distance, id};
        add_links(nodes, codec, n.id, {&back, 1}, level, space);
    }
}

}  // namespace sextant::inline SEXTANT_ABI
