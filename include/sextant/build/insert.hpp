#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "../codec/codec.hpp"
#include "../graph/node_states.hpp"
#include "../search/beam_search.hpp"
#include "../search/descend.hpp"
#include "../search/scratch.hpp"
#include "../search/stats.hpp"
#include "connect.hpp"
#include "entry.hpp"
#include "settle.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The links that a new node will have, found by plan_links() and not yet known to anybody else.
struct link_plan {
    std::vector<neighbor> links;     ///< level 0 first, then the levels above, each nearest first
    std::vector<std::size_t> ends;   ///< where each level ends in `links`

    std::span<const neighbor> level(std::size_t l) const noexcept {
        const std::size_t first = l == 0 ? 0 : ends[l - 1];
        return {links.data() + first, ends[l] - first};
    }

    std::size_t levels() const noexcept { return ends.size(); }
};

/// What an insertion needs besides the search's scratch.
struct insert_scratch {
    selection_space selection;
    link_plan plan;

    std::size_t bytes() const noexcept {
        return selection.bytes() + plan.links.capacity() * sizeof(neighbor) + plan.ends.capacity() * sizeof(std::size_t);
    }
};

/// Searches for the neighbours of node `id`, whose code is written, and fills its own lists on every level that exists.
/// Nobody is told of the node. Throws std::bad_alloc, and then the node may be released.
template <codec Codec>
void plan_links(graph& nodes, const Codec& codec, slot id, std::size_t ef_construction, search_scratch& search,
                insert_scratch& scratch) {
    link_plan& plan = scratch.plan;
    plan.links.clear();
    plan.ends.clear();
    const std::size_t most = std::max(ef_construction, nodes.capacity(0)) + 1;
    scratch.selection.reserve(most, nodes.capacity(0), codec.query_bytes());
    const entry_point entry = nodes.entry();
    if (!entry.exists()) return;

    const unsigned top = std::min<unsigned>(nodes.at(id).level, entry.level);
    plan.links.resize((top + 1) * nodes.degree());
    plan.ends.resize(top + 1);

    // The walk goes down from the top, the plan is read from level 0 up: each level has room for `degree` until the end.
    const scorer<Codec> score(nodes, codec, codec.prepare_stored(nodes.code(id), search.query.reserve(codec.query_bytes())));
    const bool hiding = nodes.hidden() > 0;  // who died before this search began is not linked to any more
    neighbor start = descend(nodes, score, entry, top, search, no_tracker{});
    for (unsigned level = top + 1; level-- > 0;) {
        beam_search(nodes, score, start, level, ef_construction, search, no_tracker{});
        const beam& found = search.candidates;
        start = found[0];
        scratch.selection.pool.clear();
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (!hiding || !is_dead(nodes, found[i].id)) scratch.selection.pool.push_back(found[i]);
        }
        select_neighbors(nodes, codec, std::span<const neighbor>(scratch.selection.pool), nodes.degree(),
                         [](slot) { return false; }, scratch.selection);
        const std::vector<neighbor>& kept = scratch.selection.kept;
        std::copy(kept.begin(), kept.end(), plan.links.begin() + static_cast<std::ptrdiff_t>(level * nodes.degree()));
        plan.ends[level] = kept.size();
        nodes.links(id, level).assign(kept);
    }
    std::size_t end = 0;
    for (std::size_t level = 0; level <= top; ++level) {
        const auto from = plan.links.begin() + static_cast<std::ptrdiff_t>(level * nodes.degree());
        std::copy(from, from + static_cast<std::ptrdiff_t>(plan.ends[level]),
                  plan.links.begin() + static_cast<std::ptrdiff_t>(end));
        end += plan.ends[level];
        plan.ends[level] = end;
    }
    plan.links.resize(end);
}

/// Makes a planned node part of the graph: first its parent points at it, then its other neighbours, level 0 before the
/// levels above, so that whoever meets it finds it complete and tied in.
template <codec Codec>
void publish(graph& nodes, const Codec& codec, slot id, const link_plan& plan, selection_space& space) noexcept {
    if (const slot parent = adopt_by_nearest(nodes, id); parent != no_slot) tie(nodes, codec, id, parent, space);
    settle_if_homeless(nodes, codec, id, space);
    for (unsigned level = 0; level < plan.levels(); ++level) {
        for (const neighbor& n : plan.level(level)) {
            const neighbor back{n.distance, id};
            add_links(nodes, codec, n.id, {&back, 1}, level, space);
        }
    }
}

/// Inserts node `id`, whose code is written (algorithm 1 of the HNSW paper). `claim()` is called when nothing can fail any
/// more and nobody knows the node yet; it makes the node's key lead to it and its state claimed or pending. If it says no
/// or throws, the node is not inserted and may be released. `reveal()` is called when the node is in its place: it makes
/// it live. Returns what claim() returned.
///
/// Any number of threads may insert and search at once, each in a pin of the epoch. Nodes that become the entry point are
/// inserted one at a time, so that each is linked to the one before it on all their common levels.
template <codec Codec, class Claim, class Reveal>
bool insert_node(graph& nodes, const Codec& codec, slot id, std::size_t ef_construction, search_scratch& search,
                 insert_scratch& scratch, Claim&& claim, Reveal&& reveal) {
    std::unique_lock rising(nodes.entry_mutex(), std::defer_lock);
    if (nodes.rises(id)) {
        rising.lock();
        if (!nodes.rises(id)) rising.unlock();
    }
    plan_links(nodes, codec, id, ef_construction, search, scratch);
    if (!claim()) return false;
    publish(nodes, codec, id, scratch.plan, scratch.selection);
    if (rising.owns_lock()) {
        nodes.raise_entry(id);
        rising.unlock();
    }
    reveal();
    if (nodes.rises(id)) raise_known_entry(nodes, id);  // the entry point was erased meanwhile
    return true;
}

}  // namespace sextant::inline SEXTANT_ABI
