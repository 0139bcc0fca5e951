#pragma once

#include <algorithm>
#include <cstddef>

#include "graph.hpp"
#include "integrity_report.hpp"
#include "key_map.hpp"
#include "node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Adds to a report of the graph what is wrong with the keys of its nodes, and with `size`, which counts them. Lookups may run
/// beside it, changes may not. O(nodes). Throws what hashing a key throws.
template <class Key, class Hash>
void validate_keys(const graph& nodes, const key_map<Key, Hash>& keys, std::size_t size, integrity_report& report) {
    const std::size_t named = keys.end();
    each_live(nodes, [&](slot id) {
        if (id >= named || keys.find(keys[id]) != id) ++report.lost_keys;
    });
    keys.each_claimed([&](slot id) {
        if (id >= nodes.end() || !is_live(nodes, id)) ++report.stray_keys;
    });
    report.wrong_size = std::max(size, report.live) - std::min(size, report.live);
}

}  // namespace sextant::inline SEXTANT_ABI
