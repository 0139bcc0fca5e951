#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <utility>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../parallel/epoch.hpp"
#include "mend.hpp"
#include "select_neighbors.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The way of a dead node back to being free. A slot must not be used again while a link leads to it, or a search would
/// read its code while the next one is written. Few links to a dead node are left when its erasure ends, but who has them is
/// unknown, so all lists are looked at, for many dead nodes at once:
///   1. The dead are collected until they are a 64th of all nodes, and become a batch.
///   2. When every operation that began before that has ended, nobody adds links to the batch any more.
///   3. All lists are swept: links to dead nodes are mended away. Each insertion and erasure sweeps a short stretch.
///   4. When every operation that began before the end of that has ended, nobody stands on a node of the batch: it is free.
/// The work is about 64 lists looked at per erasure, a few percent of what it costs itself.

/// Puts a dead node that has left the tree on its way.
inline void retire(graph& nodes, slot id) noexcept {
    retired_nodes& retired = nodes.retired();
    const std::scoped_lock lock(retired.arriving);
    nodes.at(id).parent.store(no_slot, std::memory_order_relaxed);
    retired_chain& chain = retired.fresh;
    if (chain.size == 0) {
        chain.first = id;
    } else {
        nodes.at(chain.last).parent.store(id, std::memory_order_relaxed);
    }
    chain.last = id;
    ++chain.size;
    retired.waiting.fetch_add(1, std::memory_order_relaxed);
}

/// Frees the lists of nodes [first, last) of links to dead nodes. Each is looked at under its node's lock: one that is chosen
/// anew meanwhile may carry such a link to where a reader without the lock has been. Returns how many lists of live nodes
/// had any.
template <codec Codec>
std::size_t sweep(graph& nodes, const Codec& codec, std::size_t first, std::size_t last, selection_space& space) noexcept {
    constexpr std::size_t ahead = 8;
    std::size_t mended = 0;
    for (std::size_t i = first; i < last; ++i) {
        if (i + ahead < last) SEXTANT_PREFETCH(nodes.links(static_cast<slot>(i + ahead)).address());
        const auto id = static_cast<slot>(i);
        const node_state state = nodes.at(id).state.load(std::memory_order_acquire);
        // Nodes on their way in were begun after the batch died, and know none of it.
        if (state != node_state::live && state != node_state::dead) continue;
        for (unsigned level = 0; level <= nodes.at(id).level; ++level) {
            if (state == node_state::live) {
                mended += mend_links(nodes, codec, id, level, space) ? 1u : 0u;
            } else {
                drop_dead_links(nodes, id, level, space);
            }
        }
    }
    return mended;
}

/// Does a little of the work above, if there is any and no other thread is at it. The calling thread holds no pin of its
/// own, which would wait for itself. `space` is reserved for mending.
template <codec Codec>
void reclaim_some(graph& nodes, const Codec& codec, selection_space& space) noexcept {
    constexpr std::size_t stretch = 256;
    retired_nodes& retired = nodes.retired();
    if (retired.waiting.load(std::memory_order_relaxed) == 0) return;
    const std::unique_lock working(retired.working, std::try_to_lock);
    if (!working.owns_lock()) return;
    using phase = retired_nodes::phase;
    if (retired.progress == phase::none) {
        const std::scoped_lock lock(retired.arriving);
        if (retired.fresh.size < std::max<std::size_t>(8, nodes.end() / 64)) return;
        retired.batch = std::exchange(retired.fresh, {});
        retired.since = epochs::advance();
        retired.progress = phase::settling;
    }
    if (retired.progress == phase::settling && epochs::passed(retired.since)) {
        retired.swept = 0;
        retired.progress = phase::sweeping;
    }
    if (retired.progress == phase::sweeping) {
        const std::size_t end = nodes.end();
        const std::size_t last = std::min(end, retired.swept + stretch);
        sweep(nodes, codec, retired.swept, last, space);
        retired.swept = last;
        if (last < end) return;
        retired.since = epochs::advance();
        retired.progress = phase::draining;
    }
    if (retired.progress == phase::draining && epochs::passed(retired.since)) {
        retired.waiting.fetch_sub(retired.batch.size, std::memory_order_relaxed);
        for (slot id = retired.batch.first; retired.batch.size > 0; --retired.batch.size) {
            const slot next = nodes.at(id).parent.load(std::memory_order_relaxed);
            nodes.release(id);
            nodes.unhide_one();
            id = next;
        }
        retired.progress = phase::none;
    }
}

}  // namespace sextant::inline SEXTANT_ABI
