#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../parallel/backoff.hpp"
#include "entry.hpp"
#include "mend.hpp"
#include "reclaim.hpp"
#include "select_neighbors.hpp"
#include "settle.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What an erasure needs.
struct erase_scratch {
    selection_space selection;
    std::vector<slot> ids;

    /// Throws std::bad_alloc; nothing after it does.
    void reserve(const graph& nodes, std::size_t query_bytes) {
        selection.reserve(mending_room(nodes) + 1, nodes.capacity(0), query_bytes);
        ids.reserve(nodes.capacity(0));
    }

    std::size_t bytes() const noexcept { return selection.bytes() + ids.capacity() * sizeof(slot); }
};

/// Returns when a node whose key has been taken is live: its insertion is under way and cannot fail any more.
inline void await_live(const graph& nodes, slot id) noexcept {
    backoff others;
    while (!is_live(nodes, id)) others.wait();
}

/// Takes a dead node out of the anchor tree: its children find other parents.
template <codec Codec>
void leave_tree(graph& nodes, const Codec& codec, slot id, erase_scratch& scratch) noexcept {
    const std::scoped_lock tree(nodes.tree_mutex());
    const slot parent = nodes.at(id).parent.exchange(no_slot, std::memory_order_acq_rel);
    if (parent < tree_root) {
        const std::scoped_lock lock(nodes.at(parent).lock);
        --nodes.at(parent).children;
    }
    scratch.ids.clear();
    {
        const std::scoped_lock lock(nodes.at(id).lock);  // whoever ties itself to the node after this finds it dead
        nodes.links(id).each([&](slot other) {
            std::atomic<slot>& child_of = nodes.at(other).parent;
            if (child_of.load(std::memory_order_acquire) != id) return;
            child_of.store(no_slot, std::memory_order_release);  // so it is met once, even if a list from a file names it twice
            scratch.ids.push_back(other);
        });
    }
    for (const slot child : scratch.ids) settle(nodes, codec, child, parent < tree_root ? parent : no_slot, scratch.selection);
}

/// Takes a node out of the graph that has just been made dead: no search returns it any more, its neighbours are linked to
/// each other where they were linked through it, and it is on its way to being free. `scratch` is reserved, and the
/// calling thread holds a pin of the epoch. Allocates nothing.
///
/// Most nodes that lead to it are among those it leads to, and are mended at once. The others, to which nothing leads
/// back, are found when the dead are reclaimed.
template <codec Codec>
void erase_node(graph& nodes, const Codec& codec, slot id, erase_scratch& scratch) noexcept {
    leave_tree(nodes, codec, id, scratch);
    leave_entry(nodes, id);  // now that it is nobody's child, settle() cannot make it the entry point any more
    for (unsigned level = 0; level <= nodes.at(id).level; ++level) {
        scratch.ids.clear();
        nodes.links(id, level).each([&](slot other) {
            if (scratch.ids.size() < scratch.ids.capacity()) scratch.ids.push_back(other);
        });
        for (const slot other : scratch.ids) {
            if (nodes.links(other, level).contains(id)) mend_links(nodes, codec, other, level, scratch.selection);
        }
    }
    retire(nodes, id);
}

}  // namespace sextant::inline SEXTANT_ABI
