#pragma once

#include <atomic>

#include "../core/types.hpp"
#include "graph.hpp"

namespace sextant::inline SEXTANT_ABI {

inline bool is_live(const graph& nodes, slot id) noexcept { return nodes.at(id).is(node_state::live); }
inline bool is_dead(const graph& nodes, slot id) noexcept { return nodes.at(id).is(node_state::dead); }

/// Whether links to a slot lead to a complete node, an answer of searches or not any more.
inline bool is_used(const graph& nodes, slot id) noexcept {
    const node_state state = nodes.at(id).state.load(std::memory_order_acquire);
    return state == node_state::live || state == node_state::dead;
}

}  // namespace sextant::inline SEXTANT_ABI
