#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "../core/random.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The anchor tree, which is why no node is ever stranded. The usual construction lets every node that points at u drop
/// that link for a better one, until nobody points at u and no search finds it; concurrent inserts make it worse. Here
/// each node but the root has a parent, one of its nearest neighbours when it was inserted, and the two links between
/// them are pinned: pruning never drops them. Parents exist before their children, so the pinned links form a tree
/// that reaches every node from every node on level 0, whatever else is pruned and however inserts interleave.
///
/// A node has at most `degree` children, so at most degree + 1 of its 2·degree links on level 0 are pinned.
///
/// New nodes become leaves at any time. Everything else, the moves of whole branches when a node is erased, happens one
/// at a time under graph::tree_mutex() (build/settle.hpp): only then a walk up the tree means anything.

/// Whether the link between two nodes on level 0 is pinned.
SEXTANT_INLINE bool is_anchor(const graph& nodes, slot a, slot b) noexcept {
    return nodes.at(a).parent.load(std::memory_order_relaxed) == b ||
           nodes.at(b).parent.load(std::memory_order_relaxed) == a;
}

/// Makes `id` a child of `parent` if that is not dead and has room for one. The caller holds the parent's lock.
inline bool adopt(const graph& nodes, slot parent, slot id) noexcept {
    node& p = nodes.at(parent);
    if (p.children >= nodes.degree() || p.children == 255 || p.is(node_state::dead)) return false;
    ++p.children;
    nodes.at(id).parent.store(parent, std::memory_order_release);
    return true;
}

/// The same for a caller that does not hold the lock.
inline bool lock_and_adopt(const graph& nodes, slot parent, slot id) noexcept {
    const std::scoped_lock lock(nodes.at(parent).lock);
    return adopt(nodes, parent, id);
}

/// Whether `ancestor` is the node itself or above it. Under tree_mutex().
inline bool hangs_from(const graph& nodes, slot id, slot ancestor) noexcept {
    for (; id < tree_root; id = nodes.at(id).parent.load(std::memory_order_acquire)) {
        if (id == ancestor) return true;
    }
    return false;
}

/// One of the children on `parent`'s list, chosen by `choice`; no_slot if there is none. The caller holds its lock.
inline slot some_child(const graph& nodes, slot parent, std::uint64_t choice) noexcept {
    const auto is_child = [&](slot id) { return nodes.at(id).parent.load(std::memory_order_relaxed) == parent; };
    std::size_t children = 0;
    nodes.links(parent).each([&](slot id) { children += is_child(id) ? 1u : 0u; });
    slot chosen = no_slot;
    if (children == 0) return chosen;
    std::size_t before = choice % children;
    nodes.links(parent).each([&](slot id) {
        if (is_child(id) && before-- == 0) chosen = id;
    });
    return chosen;
}

/// Makes an unpublished node a child of the nearest of its own links that has room for one, and returns that parent; no_slot
/// if none has.
inline slot adopt_by_nearest(const graph& nodes, slot id) noexcept {
    slot parent = no_slot;
    nodes.links(id).each([&](slot candidate) {
        if (parent == no_slot && lock_and_adopt(nodes, candidate, id)) parent = candidate;
    });
    return parent;
}

/// Makes `id` a child of some descendant of `ancestor`, which has no room, and returns that; no_slot if the way down ends at a
/// node that is dead, or at one whose children are all still on their way. The way turns differently for every node, or
/// thousands of equal vectors would hang on one long branch.
inline slot adopt_by_descendant(const graph& nodes, slot id, slot ancestor) noexcept {
    std::uint64_t depth = 0;
    for (slot parent = ancestor; parent != no_slot;) {
        const std::scoped_lock lock(nodes.at(parent).lock);
        if (adopt(nodes, parent, id)) return parent;
        parent = some_child(nodes, parent, mix(id ^ (++depth << 32)));
    }
    return no_slot;
}

}  // namespace sextant::inline SEXTANT_ABI
