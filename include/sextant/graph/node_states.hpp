#pragma once

#include <atomic>
#include <cstddef>

#include "../core/types.hpp"
#include "graph.hpp"

namespace sextant::inline SEXTANT_ABI {

inline bool is_live(const graph& nodes, slot id) noexcept { return nodes.at(id).is(node_state::live); }
inline bool is_dead(const graph& nodes, slot id) noexcept { return nodes.at(id).is(node_state::dead); }
inline bool is_vacant(const graph& nodes, slot id) noexcept { return nodes.at(id).is(node_state::vacant); }

/// Whether links to a slot lead to a complete node, an answer of searches or not any more.
inline bool is_used(const graph& nodes, slot id) noexcept {
    const node_state state = nodes.at(id).state.load(std::memory_order_acquire);
    return state == node_state::live || state == node_state::dead;
}

/// Calls f(slot) for every live node, in the order of slots.
template <class F>
void each_live(const graph& nodes, F&& f) {
    for (std::size_t i = 0; i < nodes.end(); ++i) {
        if (is_live(nodes, static_cast<slot>(i))) f(static_cast<slot>(i));
    }
}

inline std::size_t count_live(const graph& nodes) noexcept {
    std::size_t count = 0;
    each_live(nodes, [&](slot) { ++count; });
    return count;
}

}  // namespace sextant::inline SEXTANT_ABI
