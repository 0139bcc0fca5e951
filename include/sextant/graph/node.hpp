#pragma once

#include <atomic>
#include <cstdint>

#include "../core/types.hpp"
#include "../parallel/spinlock.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What a node is to those who meet it.
enum class node_state : std::uint8_t {
    vacant,   ///< free, or being made: its maker's alone
    claimed,  ///< its key leads to it and it is on its way to being live
    pending,  ///< the same, but it takes the place of another that is live until then
    live,     ///< an answer
    dead,     ///< erased: no answer any more, but its code and links stay until nobody can hold it (build/reclaim.hpp)
};

/// The parent of the anchor tree's root.
inline constexpr slot tree_root = no_slot - 1;

/// What a search rarely needs of a node; kept apart from the record it reads.
struct node {
    /// The node's parent in the anchor tree (build/anchor.hpp): tree_root for the root, no_slot for one that has no place
    /// yet. Nodes that are dead or free and no longer in the tree are chained through it.
    std::atomic<slot> parent = no_slot;
    /// Where its upper levels begin in the arena of upper links; level l is at upper + l - 1.
    slot upper = no_slot;
    std::uint8_t level = 0;
    /// Guards the node's link lists on all levels, and `children`.
    spinlock lock;
    std::atomic<node_state> state = node_state::vacant;
    /// How many nodes have this one as parent, at most the graph's degree; saturates at 255.
    std::uint8_t children = 0;

    bool is(node_state s) const noexcept { return state.load(std::memory_order_acquire) == s; }
};

static_assert(sizeof(node) == 12);

}  // namespace sextant::inline SEXTANT_ABI
