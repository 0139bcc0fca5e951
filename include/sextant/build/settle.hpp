#pragma once

#include <cstddef>
#include <mutex>

#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../search/scorer.hpp"
#include "anchor.hpp"
#include "connect.hpp"
#include "select_neighbors.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Ties a node to its parent with pinned links both ways. The parent's link is what makes a new node known.
template <codec Codec>
void tie(graph& nodes, const Codec& codec, slot id, slot parent, selection_space& space) noexcept {
    const scorer<Codec> score(nodes, codec, codec.prepare_stored(nodes.code(id), space.query.data()));
    const float distance = score(parent);
    const neighbor up{distance, parent};
    add_links(nodes, codec, id, {&up, 1}, 0, space);
    const neighbor down{distance, id};
    add_links(nodes, codec, parent, {&down, 1}, 0, space);
}

/// Whether a node is in the tree and stays there for now. Under tree_mutex().
inline bool has_place(const node& n) noexcept {
    return !n.is(node_state::dead) && !n.is(node_state::vacant) &&
           n.parent.load(std::memory_order_acquire) != no_slot;
}

/// Makes `id` a child in the place of one that is dead but has not left the tree yet, of a parent that may_adopt() passes, and
/// returns that; no_slot if there is none. The erasure of the dead one then finds it out of the tree. Under tree_mutex().
template <class MayAdopt>
slot adopt_for_dead(const graph& nodes, slot id, MayAdopt&& may_adopt) noexcept {
    for (std::size_t i = 0; i < nodes.end(); ++i) {
        node& n = nodes.at(static_cast<slot>(i));
        const slot parent = n.parent.load(std::memory_order_acquire);
        if (!n.is(node_state::dead) || parent >= tree_root || !may_adopt(parent)) continue;
        const std::scoped_lock lock(nodes.at(parent).lock);
        // Those out of the tree are chained through `parent` (build/reclaim.hpp), but never to a node in it.
        if (n.parent.load(std::memory_order_acquire) != parent || !n.is(node_state::dead)) continue;
        n.parent.store(no_slot, std::memory_order_release);
        --nodes.at(parent).children;
        if (adopt(nodes, parent, id)) return parent;
    }
    return no_slot;
}

/// Whether a node is the uppermost of what hangs together: the root, or the child of one that is leaving the tree or waits for
/// its own parent. Under tree_mutex().
inline bool is_uppermost(const graph& nodes, slot id) noexcept {
    const slot parent = nodes.at(id).parent.load(std::memory_order_acquire);
    if (parent >= tree_root) return parent == tree_root;
    return is_dead(nodes, parent) || nodes.at(parent).parent.load(std::memory_order_acquire) == no_slot;
}

/// Makes `id` a child of any node that may_adopt() passes, and returns that; no_slot if there is none. Whatever else there is
/// hangs from a node that is uppermost: looking at those, instead of walking up from all, is what keeps this O(nodes) where
/// the tree is one long line. Where the ways down from them end at the dying, it takes the place of one of these; where they
/// die while it looks, it looks again, up to a number of times that only a damaged tree needs. Under tree_mutex().
template <class MayAdopt>
slot adopt_by_any(const graph& nodes, slot id, MayAdopt&& may_adopt) noexcept {
    for (int look = 0; look < 16; ++look) {
        bool any = false;
        for (std::size_t i = 0; i < nodes.end(); ++i) {
            const auto candidate = static_cast<slot>(i);
            if (!is_uppermost(nodes, candidate) || !may_adopt(candidate)) continue;
            any = true;
            if (const slot parent = adopt_by_descendant(nodes, id, candidate); parent != no_slot) return parent;
        }
        if (!any) return no_slot;
        for (std::size_t i = 0; i < nodes.end(); ++i) {
            const auto candidate = static_cast<slot>(i);
            if (may_adopt(candidate) && lock_and_adopt(nodes, candidate, id)) return candidate;
        }
        if (const slot parent = adopt_for_dead(nodes, id, may_adopt); parent != no_slot) return parent;
    }
    return no_slot;
}

/// Finds a parent for a node, outside the branch that hangs from it: the nearest of its own links that has room, a
/// descendant of one that has none, a descendant of `near`, and else any node at all. no_slot if every other node that is
/// not dead hangs from it. Under tree_mutex().
inline slot find_parent(const graph& nodes, slot id, slot near) noexcept {
    const auto may_adopt = [&](slot candidate) {
        return has_place(nodes.at(candidate)) && !hangs_from(nodes, candidate, id);
    };
    slot parent = no_slot;
    slot full = no_slot;
    nodes.links(id).each([&](slot candidate) {
        if (parent != no_slot || !may_adopt(candidate)) return;
        if (full == no_slot) full = candidate;
        if (lock_and_adopt(nodes, candidate, id)) parent = candidate;
    });
    if (parent == no_slot && full != no_slot) parent = adopt_by_descendant(nodes, id, full);
    if (parent == no_slot && near != no_slot && may_adopt(near)) parent = adopt_by_descendant(nodes, id, near);
    return parent != no_slot ? parent : adopt_by_any(nodes, id, may_adopt);
}

/// Gives a place in the tree to a node that has none, because nobody had room for it or its parent died, and with it to
/// the branch that hangs from it. Where there is nothing else it becomes the root, and the entry point if there is none.
/// Under tree_mutex(). Allocates nothing if `space` was reserved as for an insertion.
template <codec Codec>
void settle(graph& nodes, const Codec& codec, slot id, slot near, selection_space& space) noexcept {
    nodes.at(id).parent.store(no_slot, std::memory_order_release);
    const slot parent = find_parent(nodes, id, near);
    if (parent != no_slot) return tie(nodes, codec, id, parent, space);
    nodes.at(id).parent.store(tree_root, std::memory_order_release);
    if (!nodes.entry().exists()) nodes.raise_entry(id);
}

/// Settles a node that has just been tied to the tree or could not be, if its parent has died meanwhile or it has none. An
/// erasure moves the children that it finds on the list of its node; one that was tied too late finds its parent dead.
template <codec Codec>
void settle_if_homeless(graph& nodes, const Codec& codec, slot id, selection_space& space) noexcept {
    const auto homeless = [&] {
        const slot parent = nodes.at(id).parent.load(std::memory_order_acquire);
        return parent == no_slot || (parent != tree_root && is_dead(nodes, parent));
    };
    if (!homeless()) return;
    const std::scoped_lock lock(nodes.tree_mutex());
    if (homeless()) settle(nodes, codec, id, no_slot, space);
}

}  // namespace sextant::inline SEXTANT_ABI
