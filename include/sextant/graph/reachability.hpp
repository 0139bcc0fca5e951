#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph.hpp"
#include "node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Marks in `met` what the links of a level lead to from the nodes in `open`, which are marked, and empties `open`. Passes
/// through dead nodes, as searches do.
inline void mark_reachable(const graph& nodes, std::span<const std::uint8_t> levels, unsigned level, std::vector<bool>& met,
                           std::vector<slot>& open) {
    while (!open.empty()) {
        const slot id = open.back();
        open.pop_back();
        nodes.links(id, level).each([&](slot other) {
            if (other >= levels.size() || met[other] || levels[other] < level || !is_used(nodes, other)) return;
            met[other] = true;
            open.push_back(other);
        });
    }
}

/// The live nodes that cannot be reached from the entry point along links of level 0; empty for every graph that insert
/// and build made (build/anchor.hpp says why). O(nodes + links) time, a byte and a bit a node and a stack.
inline std::vector<slot> unreachable(const graph& nodes) {
    const std::vector<std::uint8_t> lowest(nodes.end(), 0);
    std::vector<bool> met(nodes.end(), false);
    std::vector<slot> open;
    if (const entry_point entry = nodes.entry(); entry.exists()) {
        met[entry.id] = true;
        open.push_back(entry.id);
    }
    mark_reachable(nodes, lowest, 0, met, open);
    std::vector<slot> missing;
    each_live(nodes, [&](slot id) {
        if (!met[id]) missing.push_back(id);
    });
    return missing;
}

}  // namespace sextant::inline SEXTANT_ABI
