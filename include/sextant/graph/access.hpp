#pragma once

#include <cstddef>
#include <cstdint>

#include "graph.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What taking a graph from a file needs to know of its insides.
struct graph_access {
    static arena& records(graph& g) noexcept { return g.records_; }
    static arena& nodes(graph& g) noexcept { return g.nodes_; }
    static arena& upper(graph& g) noexcept { return g.upper_; }
    static arena& cold(graph& g) noexcept { return g.cold_; }

    /// Makes what has been put into the arenas the graph: `slots` nodes with `upper_lists` lists.
    static void finish(graph& g, std::size_t slots, std::size_t upper_lists, entry_point entry) noexcept {
        g.upper_end_ = upper_lists;
        g.entry_.store((std::uint64_t{entry.level} << 32) | entry.id, std::memory_order_release);
        g.end_.store(slots, std::memory_order_release);
    }

    /// Gives the vacant nodes to those who allocate. The graph is nobody else's.
    static void chain_vacant(graph& g) noexcept {
        for (std::size_t i = g.end(); i-- > 0;) {
            const auto id = static_cast<slot>(i);
            if (g.at(id).is(node_state::vacant)) g.release(id);
        }
    }
};

}  // namespace sextant::inline SEXTANT_ABI
