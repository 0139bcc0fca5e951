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

    /// Makes what has been put into the arenas the graph: `slots` nodes, `dead` of them dead, with `upper_lists` lists.
    static void finish(graph& g, std::size_t slots, std::size_t upper_lists, entry_point entry, std::size_t dead) noexcept {
        g.upper_end_ = upper_lists;
        g.entry_.store(graph::pack(entry));
        g.hidden_.store(dead, std::memory_order_release);
        g.end_.store(slots, std::memory_order_release);
    }
};

}  // namespace sextant::inline SEXTANT_ABI
