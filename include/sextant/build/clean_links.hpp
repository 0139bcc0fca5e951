#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Drops from every list of a graph whose `levels` are sound (graph/validate.hpp) the links that lead nowhere they should: out
/// of range, to the node itself, to vacant slots, to nodes below the level, and those that are there twice. Vacant slots
/// lose all. Returns how many links it dropped. Searches may run beside it, writers may not. O(links) time. Throws
/// std::bad_alloc; the lists are then clean up to where it got.
inline std::size_t clean_links(const graph& nodes, std::span<const std::uint8_t> levels) {
    std::size_t dropped = 0;
    std::vector<neighbor> kept;
    kept.reserve(nodes.capacity(0));
    std::vector<std::uint64_t> named_by(levels.size(), 0);  // the list, counted from 1, that last named the node
    std::uint64_t lists = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto id = static_cast<slot>(i);
        const bool used = is_used(nodes, id);
        for (unsigned level = 0; level <= levels[i]; ++level) {
            link_list list = nodes.links(id, level);
            std::size_t links = 0;
            kept.clear();
            ++lists;
            list.each([&](slot other) {
                ++links;
                if (!used || other >= levels.size() || other == id || levels[other] < level || !is_used(nodes, other)) return;
                if (std::exchange(named_by[other], lists) != lists) kept.push_back({0.0f, other});
            });
            if (kept.size() == links && list.hidden() == 0) continue;
            const std::scoped_lock lock(nodes.at(id).lock);
            list.assign(kept);
            dropped += links - kept.size();
        }
    }
    return dropped;
}

}  // namespace sextant::inline SEXTANT_ABI
