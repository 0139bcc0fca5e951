#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <span>

#include "../search/scorer.hpp"
#include "anchor.hpp"
#include "select_neighbors.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Adds links from `from` to each of `added` on a level that it does not have yet. Where they do not fit, the list is chosen
/// anew from the old links and the added ones. Takes the node's lock. Allocates nothing if `space` was reserved for
/// capacity(level) + added.size() candidates.
template <codec Codec>
void add_links(graph& nodes, const Codec& codec, slot from, std::span<const neighbor> added, unsigned level,
               selection_space& space) noexcept {
    const std::scoped_lock lock(nodes.at(from).lock);
    link_list list = nodes.links(from, level);
    std::size_t n = 0;
    list.each([&](slot id) { space.ids[n++] = id; });
    const std::span<const slot> present(space.ids.data(), n);
    const auto is_new = [&](const neighbor& a) { return std::find(present.begin(), present.end(), a.id) == present.end(); };
    space.pool.clear();
    std::copy_if(added.begin(), added.end(), std::back_inserter(space.pool), is_new);
    if (n + space.pool.size() <= list.capacity()) {
        for (const neighbor& a : space.pool) list.append(n++, a.id);
        return;
    }

    const scorer<Codec> score(nodes, codec, codec.prepare_stored(nodes.code(from), space.query.data()));
    score(space.ids.data(), n, space.distances.data());
    for (std::size_t i = 0; i < n; ++i) space.pool.push_back({space.distances[i], space.ids[i]});
    std::sort(space.pool.begin(), space.pool.end());
    // A list from a file may name a node twice. Once is enough, or there might not be room for all that is pinned.
    space.pool.erase(std::unique(space.pool.begin(), space.pool.end()), space.pool.end());
    const auto pinned = [&](slot id) { return level == 0 && is_anchor(nodes, from, id); };
    select_neighbors(nodes, codec, std::span<const neighbor>(space.pool), list.capacity(), pinned, space);
    list.assign(space.kept);
}

}  // namespace sextant::inline SEXTANT_ABI
