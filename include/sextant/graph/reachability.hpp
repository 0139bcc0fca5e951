#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "graph.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The live nodes that cannot be reached from the entry point along links of level 0; empty for every graph that insert
/// and build made (build/anchor.hpp says why). O(nodes + links) time, a byte per node and a stack.
inline std::vector<slot> unreachable(const graph& nodes) {
    std::vector<slot> missing;
    std::vector<slot> open;
    std::vector<bool> met(nodes.end(), false);
    if (const entry_point entry = nodes.entry(); entry.exists()) {
        open.push_back(entry.id);
        met[entry.id] = true;
    }
    while (!open.empty()) {
        const slot id = open.back();
        open.pop_back();
        nodes.links(id).each([&](slot other) {
            if (other < met.size() && !met[other]) {
                met[other] = true;
                open.push_back(other);
            }
        });
    }
    for (std::size_t i = 0; i < met.size(); ++i) {
        const auto id = static_cast<slot>(i);
        if (!met[i] && nodes.at(id).is(node_state::live)) missing.push_back(id);
    }
    return missing;
}

}  // namespace sextant::inline SEXTANT_ABI
