#pragma once

#include <cstddef>
#include <mutex>

#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A live node of the highest level there is, no_slot if none is live. O(nodes).
inline slot highest_live(const graph& nodes) noexcept {
    slot best = no_slot;
    for (std::size_t i = 0; i < nodes.end(); ++i) {
        const auto id = static_cast<slot>(i);
        if (nodes.at(id).state.load() != node_state::live) continue;
        if (best == no_slot || nodes.at(id).level > nodes.at(best).level) best = id;
    }
    return best;
}

/// Finds another entry point if a dead node is it: a neighbour on its highest level, or else by looking at all nodes.
inline void leave_entry(graph& nodes, slot id) noexcept {
    const std::scoped_lock lock(nodes.entry_mutex());
    const entry_point old = nodes.entry();
    if (old.id != id) return;
    slot next = no_slot;
    nodes.links(id, old.level).each([&](slot other) {
        if (next == no_slot && is_live(nodes, other)) next = other;
    });
    if (next == no_slot || nodes.at(next).level < old.level) next = highest_live(nodes);
    const entry_point heir = next == no_slot ? entry_point{} : entry_point{next, nodes.at(next).level};
    if (!nodes.replace_entry(old, heir) || (heir.exists() && heir.level >= old.level)) return;
    // Whoever becomes live from now on sees that it is lower, or none; whoever did in the meantime is seen here.
    if (next = highest_live(nodes); next != no_slot) nodes.raise_entry(next);
}

/// Makes a node that others know, and may erase at this moment, the entry point if it is higher than the present one. Whoever
/// erases it may have looked at the entry point before: a dead one must not stay, or its slot would be used again under it.
/// The caller does not hold entry_mutex().
inline void raise_known_entry(graph& nodes, slot id) noexcept {
    nodes.raise_entry(id);
    if (nodes.at(id).state.load() == node_state::dead) leave_entry(nodes, id);
}

}  // namespace sextant::inline SEXTANT_ABI
