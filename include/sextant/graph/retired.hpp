#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "../core/types.hpp"
#include "../parallel/epoch.hpp"
#include "node.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Dead nodes in the order they came, tied through `parent`, so that taking one back needs no memory.
struct retired_chain {
    slot first = no_slot;
    slot last = no_slot;
    std::size_t size = 0;
};

/// The dead nodes of a graph on their way to being free, and how far they have come. build/reclaim.hpp moves them on.
struct retired_nodes {
    enum class phase {
        none,      ///< there is no batch
        settling,  ///< operations that began before the last of the batch died may still add links to it
        sweeping,  ///< every list is being freed of links to dead nodes
        draining,  ///< nothing leads to the batch any more, but searches may still stand on it
    };

    std::mutex arriving;  ///< guards `fresh`
    retired_chain fresh;  ///< died since the batch was taken
    std::atomic<std::size_t> waiting = 0;  ///< the sizes of both chains

    std::mutex working;  ///< guards what follows
    retired_chain batch;
    phase progress = phase::none;
    epochs::stamp since = 0;   ///< the epoch that settling and draining wait for
    std::size_t swept = 0;     ///< slots below this one are swept

    /// Forgets all of them. Nobody uses the graph meanwhile.
    void reset() noexcept {
        fresh = {};
        batch = {};
        waiting = 0;
        progress = phase::none;
    }
};

}  // namespace sextant::inline SEXTANT_ABI
