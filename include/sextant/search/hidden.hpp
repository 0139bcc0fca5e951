#pragma once

#include <cstddef>

#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "beam.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Removes from the outcome of a search the nodes that are no answers: those erased while it ran or not yet reclaimed, and
/// those that are to replace another. Of a node that is replaced at this moment and the one that replaces it, one stays.
inline void drop_hidden(const graph& nodes, beam& found) {
    if (nodes.hidden() == 0) return;
    nodes.consistently([&] {
        found.mark([&](slot id) { return is_live(nodes, id) || nodes.at(id).is(node_state::claimed); });
    });
    found.drop_unmarked();
}

/// Whether a node can be an answer by the time a search ends: it is complete, and not dead.
inline bool may_be_answer(const graph& nodes, slot id) noexcept {
    const node_state state = nodes.at(id).state.load(std::memory_order_acquire);
    return state != node_state::vacant && state != node_state::dead;
}

/// How many entries more than it needs a search keeps while nodes are hidden that may take room among the answers: as many
/// as threads may be replacing vectors.
inline std::size_t room_for_hidden(const graph& nodes) noexcept { return nodes.hidden() == 0 ? 0 : 64; }

}  // namespace sextant::inline SEXTANT_ABI
