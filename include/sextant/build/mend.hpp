#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <span>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../search/scorer.hpp"
#include "select_neighbors.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Candidates that mend_links() looks at, at most: room for the lists of four dead neighbours.
inline std::size_t mending_room(const graph& nodes) noexcept { return 4 * nodes.capacity(0); }

/// Whether a list leads to a node that is dead.
inline bool leads_to_dead(const graph& nodes, link_list list) noexcept {
    bool found = false;
    list.each([&](slot id) { found = found || nodes.at(id).is(node_state::dead); });
    return found;
}

/// Drops the links to dead nodes from the list of a dead node, which needs no others any more.
inline void drop_dead_links(graph& nodes, slot from, unsigned level, selection_space& space) noexcept {
    const std::scoped_lock lock(nodes.at(from).lock);
    link_list list = nodes.links(from, level);
    space.kept.clear();
    list.each([&](slot id) {
        if (!nodes.at(id).is(node_state::dead)) space.kept.push_back({0.0f, id});
    });
    list.assign(space.kept);
}

/// Replaces the links of `from` to dead nodes by links to neighbours of those: the ways that led through a dead node to
/// what lies beyond it stay short. Of the candidates, nearest first, those are taken that no remaining neighbour is nearer
/// to than `from` is, as an insertion would, and never more than were lost; so a node's degree does not grow, and falls
/// only where its other links do as well. Takes the node's lock. Allocates nothing if `space` was reserved for
/// mending_room() candidates and capacity(level) links.
template <codec Codec>
void mend_links(graph& nodes, const Codec& codec, slot from, unsigned level, selection_space& space) noexcept {
    const std::scoped_lock lock(nodes.at(from).lock);
    link_list list = nodes.links(from, level);
    const std::size_t room = mending_room(nodes);
    std::size_t n = 0;
    std::size_t lost = 0;
    space.kept.clear();
    space.codes.clear();
    const auto is_known = [&](slot id) {
        const auto last = space.ids.begin() + static_cast<std::ptrdiff_t>(n);
        return id == from || std::find(space.ids.begin(), last, id) != last ||
               std::any_of(space.kept.begin(), space.kept.end(), [&](const neighbor& k) { return k.id == id; });
    };
    list.each([&](slot id) {
        if (!nodes.at(id).is(node_state::dead)) {
            space.kept.push_back({0.0f, id});
            space.codes.push_back(nodes.code(id));
        }
    });
    list.each([&](slot id) {
        if (!nodes.at(id).is(node_state::dead)) return;
        ++lost;
        nodes.links(id, level).each([&](slot beyond) {
            if (n < room && !nodes.at(beyond).is(node_state::dead) && !is_known(beyond)) space.ids[n++] = beyond;
        });
    });
    if (lost == 0) return;

    const scorer<Codec> score(nodes, codec, codec.prepare_stored(nodes.code(from), space.query.data()));
    score(space.ids.data(), n, space.distances.data());
    space.pool.clear();
    for (std::size_t i = 0; i < n; ++i) space.pool.push_back({space.distances[i], space.ids[i]});
    std::sort(space.pool.begin(), space.pool.end());
    for (std::size_t i = 0; i < n && lost > 0; ++i) {
        const neighbor& c = space.pool[i];
        if (is_covered(nodes, codec, c.id, c.distance, std::span(space.codes), space.query.data())) continue;
        space.kept.push_back(c);
        space.codes.push_back(nodes.code(c.id));
        --lost;
    }
    list.assign(space.kept);
}

}  // namespace sextant::inline SEXTANT_ABI
