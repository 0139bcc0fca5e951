#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

#include "../codec/reranking.hpp"
#include "../core/stop_condition.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "beam_search.hpp"
#include "descend.hpp"
#include "exact_scan.hpp"
#include "exact_scorer.hpp"
#include "filter.hpp"
#include "fine_scorer.hpp"
#include "hidden.hpp"
#include "newcomers.hpp"
#include "rescore.hpp"
#include "scorer.hpp"
#include "scratch.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How far a search goes.
struct search_plan {
    std::size_t k;                  ///< at least 1
    std::size_t ef;                 ///< at least k
    std::size_t rescored;           ///< as search_options::rerank
    const stop_condition& stop;
    std::size_t least = 0;          ///< as many answers as there were: if links lead to fewer, everything is compared
};

/// The filter of a search that has none.
struct all_allowed {};

/// Whether a search ranks by a part of each code, so that what it finds has to be compared anew.
template <codec Codec>
bool ranks_by_part(const Codec& codec) noexcept {
    return front_bytes(codec) < codec.code_bytes();
}

/// The k nearest of a beam, by the faithful code or all of the only one where they were ranked by less.
template <codec Codec, class Tracker>
std::span<const neighbor> best_of(const beam& found, const graph& nodes, const Codec& codec,
                                  const typename Codec::query& query, std::span<const typename Codec::element> vector,
                                  const search_plan& plan, search_scratch& scratch, Tracker track) {
    if constexpr (reranking_codec<Codec>) {
        const fine_scorer<Codec> fine(nodes, codec,
                                      codec.prepare_fine(vector, scratch.query.reserve(codec.fine_query_bytes())));
        return rescore(fine, found, plan.rescored, patience_with_codes, plan.k, scratch, track);
    } else {
        if (!ranks_by_part(codec)) return copy_nearest(found, plan.k, scratch);
        const exact_scorer<Codec> exact(nodes, codec, query, front_bytes(codec));
        return rescore(exact, found, plan.rescored, patience_with_roundings, plan.k, scratch, track);
    }
}

/// How often a search begins anew because it lost sight of newcomers, as when it stood still while hundreds came.
inline constexpr int most_fresh_starts = 2;

/// Compares everything that `allowed` passes and leaves the k nearest in scratch.results; once more with more room if nodes
/// that died meanwhile took that of answers.
template <class Scorer, class Allowed, class Tracker>
void compare_all(const graph& nodes, const Scorer& score, std::size_t k, Allowed&& allowed, search_scratch& scratch,
                 Tracker track, const stop_condition& stop) {
    int fresh_starts = 0;
    for (std::size_t room = k + room_for_hidden(nodes);;) {
        newcomers fresh = exact_scan(nodes, score, room, allowed, scratch, track, stop);
        const bool all_met = reconcile(nodes, score, allowed, fresh, scratch.results, track);
        if (fresh.lost_some() && fresh_starts++ < most_fresh_starts && !stop.requested()) continue;
        const std::size_t left = scratch.results.size();
        if (all_met || left >= k || room >= nodes.end() || stop.requested()) return;
        room = std::min(room + std::max(nodes.hidden(), k - left), nodes.end());
    }
}

/// The k nodes nearest to `vector` that the graph search finds, nearest first, good until scratch is used again. If its room
/// holds fewer than k answers, it looks again with more. While a node is erased or a list chosen anew, ways are missing for a
/// moment, all of them if searches begin at it: a search that runs out of ways then compares everything. Allocates only where
/// scratch has not been as large before.
template <codec Codec, class Allowed, class Tracker>
std::span<const neighbor> nearest(const graph& nodes, const Codec& codec, std::span<const typename Codec::element> vector,
                                  const search_plan& plan, Allowed&& allowed, search_scratch& scratch, Tracker track) {
    constexpr bool filtered = !std::is_same_v<std::remove_cvref_t<Allowed>, all_allowed>;
    const typename Codec::query query = codec.prepare(vector, scratch.query.reserve(codec.query_bytes()));
    const scorer<Codec> score(nodes, codec, query);
    const auto passes = [&](slot id) {
        if constexpr (filtered) return static_cast<bool>(allowed(id));
        return true;
    };
    beam& found = filtered ? scratch.results : scratch.candidates;
    const auto best_of_all = [&](bool or_of_found) {
        compare_all(nodes, exact_scorer<Codec>(nodes, codec, query), plan.ef, passes, scratch, track, plan.stop);
        const beam& best = or_of_found && plan.stop.requested() ? found : scratch.results;
        return best_of(best, nodes, codec, query, vector, plan, scratch, track);
    };
    int fresh_starts = 0;
    for (std::size_t ef = ranks_by_part(codec) ? std::max(plan.ef, room_for_roundings(plan.k)) : plan.ef;;) {
        newcomers fresh(nodes);
        const entry_point entry = nodes.entry();
        if (!entry.exists()) return best_of_all(false);
        const neighbor start = descend(nodes, score, entry, 0, scratch, track);
        if constexpr (filtered) {
            const bool hiding = nodes.hidden() > 0;
            fresh = filtered_search(nodes, score, start, ef,
                                    [&](slot id) { return (!hiding || may_be_answer(nodes, id)) && passes(id); }, scratch,
                                    track, plan.stop);
        } else {
            beam_search(nodes, score, start, 0, ef, scratch, track, plan.stop);
        }
        const bool all_met = reconcile(nodes, score, passes, fresh, found, track);
        if (fresh.lost_some() && fresh_starts++ < most_fresh_starts && !plan.stop.requested()) continue;
        if (found.size() >= plan.k || plan.stop.requested()) break;
        if (!filtered && all_met && (nodes.hidden() > 0 || found.size() < plan.least)) return best_of_all(true);
        if (all_met || ef >= nodes.end()) break;
        // Hidden nodes took the room of answers, or there was none: the plan may be older than the nodes that came since.
        ef = std::min(ef + std::max(nodes.hidden(), plan.k - found.size()), nodes.end());
    }
    return best_of(found, nodes, codec, query, vector, plan, scratch, track);
}

/// The k nearest of all that `allowed` passes, by comparing each, with the faithful code where there is one.
template <codec Codec, class Allowed, class Tracker>
std::span<const neighbor> nearest_exact(const graph& nodes, const Codec& codec,
                                        std::span<const typename Codec::element> vector, std::size_t k, Allowed&& allowed,
                                        search_scratch& scratch, Tracker track, const stop_condition& stop) {
    const auto scan = [&](const auto& score) { compare_all(nodes, score, k, allowed, scratch, track, stop); };
    if constexpr (reranking_codec<Codec>) {
        scan(fine_scorer<Codec>(nodes, codec, codec.prepare_fine(vector, scratch.query.reserve(codec.fine_query_bytes()))));
    } else {
        scan(exact_scorer<Codec>(nodes, codec, codec.prepare(vector, scratch.query.reserve(codec.query_bytes()))));
    }
    return copy_nearest(scratch.results, k, scratch);
}

}  // namespace sextant::inline SEXTANT_ABI
