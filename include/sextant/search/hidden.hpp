#pragma once

#include <array>
#include <cstddef>

#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../simd/reduce.hpp"
#include "beam.hpp"
#include "newcomers.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Adds the newcomers that `allowed` passes to what a search has found, if they are near enough.
template <class Scorer, class Allowed, class Tracker>
void add_newcomers(const graph& nodes, const Scorer& score, Allowed&& allowed, newcomers& fresh, beam& found, Tracker track) {
    fresh.each([&](slot id) {
        if (!is_live(nodes, id) || found.holds(id)) return;
        std::array<float, simd::kernel_rows> distance;
        score.few(&id, 1, distance.data());
        track.distances(1);
        if (distance[0] <= found.worst() && allowed(id)) found.push(distance[0], id);
    });
}

/// Brings the outcome of a search up to date with what happened while it ran: removes the nodes that are no answers, those
/// erased meanwhile or not yet reclaimed and those that are yet to replace another, and adds the newcomers that `allowed`
/// passes. Of a node and the one that replaces it, one stays; if newcomers do not cease to come, fresh.lost_some() tells.
/// Returns whether the beam had room for all that it met.
template <class Scorer, class Allowed, class Tracker>
bool reconcile(const graph& nodes, const Scorer& score, Allowed&& allowed, newcomers& fresh, beam& found, Tracker track) {
    constexpr int most_rounds = 32;  // a filter that is slow, or replaces vectors itself, might never let it end
    bool room_for_all = !found.full();
    if (nodes.hidden() == 0) return room_for_all;
    for (int round = 0;; ++round) {
        bool up_to_date = true;
        nodes.changes().consistently([&] {
            up_to_date = !fresh.any();
            found.mark([&](slot id) { return is_live(nodes, id) || nodes.at(id).is(node_state::claimed); });
        });
        found.drop_unmarked();
        if (up_to_date) return room_for_all;
        if (round == most_rounds) {
            fresh.lose();
            return room_for_all;
        }
        add_newcomers(nodes, score, allowed, fresh, found, track);
        room_for_all = room_for_all && !found.full();
    }
}

/// Whether a node can be an answer by the time a search ends: it is complete, and not dead.
inline bool may_be_answer(const graph& nodes, slot id) noexcept {
    const node_state state = nodes.at(id).state.load(std::memory_order_acquire);
    return state != node_state::vacant && state != node_state::dead;
}

/// How many entries more than it needs a search keeps while nodes are hidden that may take room among the answers: as many
/// as threads may be replacing vectors.
inline std::size_t room_for_hidden(const graph& nodes) noexcept { return nodes.hidden() == 0 ? 0 : 64; }

}  // namespace sextant::inline SEXTANT_ABI
