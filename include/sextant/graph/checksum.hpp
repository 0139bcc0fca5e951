#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "../core/checksum.hpp"
#include "graph.hpp"
#include "node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// CRC32C over the entry point and every node's level, parent and links in their order: equal for equal graphs, whatever
/// machine they were built on. Not while the graph changes.
inline std::uint32_t checksum(const graph& nodes) noexcept {
    crc32c sum;
    const entry_point entry = nodes.entry();
    sum.update(entry.id);
    sum.update(entry.level);
    for (std::size_t i = 0; i < nodes.end(); ++i) {
        const auto id = static_cast<slot>(i);
        sum.update(nodes.at(id).level);
        const bool in_tree = is_live(nodes, id);  // the others are chained through it
        sum.update(in_tree ? nodes.at(id).parent.load(std::memory_order_relaxed) : no_slot);
        for (unsigned level = 0; level <= nodes.at(id).level; ++level) {
            nodes.links(id, level).each([&](slot other) { sum.update(other); });
            sum.update(no_slot);
        }
    }
    return sum.value();
}

}  // namespace sextant::inline SEXTANT_ABI
