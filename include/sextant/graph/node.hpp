#pragma once

#include <atomic>
#include <cstdint>

#include "../core/types.hpp"
#include "../parallel/spinlock.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What a search rarely needs of a node; kept apart from the record it reads.
struct node {
    /// The node's parent in the anchor tree (build/anchor.hpp), no_slot for the first node. Written once, before the node
    /// is published; read by writers that decide whether a link may be dropped.
    std::atomic<slot> parent = no_slot;
    /// Where its upper levels begin in the arena of upper links; level l is at upper + l - 1.
    slot upper = no_slot;
    std::uint8_t level = 0;
    /// Guards the node's link lists on all levels, and `children`.
    spinlock lock;
    /// Complete, and its key is taken: an answer of an exact search.
    std::atomic<bool> live = false;
    /// How many nodes have this one as parent, at most the graph's degree; saturates at 255.
    std::uint8_t children = 0;
};

static_assert(sizeof(node) == 12);

}  // namespace sextant::inline SEXTANT_ABI
