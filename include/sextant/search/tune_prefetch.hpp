#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../graph/prefetch.hpp"
#include "nearest.hpp"
#include "stored_vector.hpp"
#include "tune.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What tune_prefetch() found best.
struct tuned_prefetch {
    prefetch_plan plan;
    double speedup;  ///< over the plan the index had before; 1 where that stays
};

/// The prefetch plan under which searches for stored vectors are quickest on this machine, tried by running them: first how
/// many codes ahead, then how many lines of each. A plan has to be 3 % quicker than the present one to replace it. Takes
/// about 150 times `samples` searches, on the calling thread; the machine should be otherwise idle. If it is stopped, which
/// leaves nothing to compare, or something throws, the plan stays.
template <codec Codec>
tuned_prefetch tune_prefetch(graph& nodes, const Codec& codec, const tune_options& options) {
    using element = typename Codec::element;
    using clock = std::chrono::steady_clock;
    const std::vector<slot> queries = draw_queries(nodes, options.samples);
    const prefetch_plan before = nodes.prefetching();
    if (queries.empty()) return {before, 1.0};
    struct chosen_plan {
        graph& nodes;
        prefetch_plan plan;
        ~chosen_plan() { nodes.set_prefetching(plan); }
    } chosen{nodes, before};
    std::vector<element> vectors(queries.size() * codec.length());
    const auto vector = [&](std::size_t i) { return std::span(vectors).subspan(i * codec.length(), codec.length()); };
    for (std::size_t i = 0; i < queries.size(); ++i) load_vector(nodes, codec, queries[i], vector(i));

    const lease<search_scratch> scratch;
    const std::size_t ef = std::max(options.k, search_options<>{}.ef);
    const auto seconds = [&](prefetch_plan plan) {
        nodes.set_prefetching(plan);
        const auto begin = clock::now();
        for (std::size_t i = 0; i < queries.size(); ++i) {
            const search_plan search{.k = options.k, .ef = ef, .rescored = 0, .stop = options.stop};
            nearest(nodes, codec, std::span<const element>(vector(i)), search, all_allowed{}, *scratch, no_tracker{});
        }
        return std::chrono::duration<double>(clock::now() - begin).count();
    };

    constexpr std::size_t rounds = 7;  // interleaved, and the best of each counts: what disturbs only ever slows down
    const auto quickest = [&](std::span<const prefetch_plan> plans) {
        std::vector<double> best(plans.size(), std::numeric_limits<double>::infinity());
        for (std::size_t round = 0; round < rounds; ++round) {
            for (std::size_t p = 0; p < plans.size(); ++p) best[p] = std::min(best[p], seconds(plans[p]));
        }
        const auto at = static_cast<std::size_t>(std::min_element(best.begin(), best.end()) - best.begin());
        return best[at] < 0.97 * best[0] ? std::pair{plans[at], best[0] / best[at]} : std::pair{plans[0], 1.0};
    };

    seconds(before);  // warms up
    std::vector<prefetch_plan> plans{before};
    for (const std::uint32_t ahead : {2u, 4u, 8u, 12u, 16u, 24u, 32u}) plans.push_back({ahead, before.lines});
    const auto [ahead, first_gain] = quickest(plans);
    plans.assign(1, ahead);
    const std::uint32_t whole = lines_of(front_bytes(codec));
    for (const std::uint32_t lines : {1u, 2u, 4u, 8u, 16u, whole}) {
        if (lines <= whole) plans.push_back({ahead.ahead, lines});
    }
    const auto [best, second_gain] = quickest(plans);
    if (options.stop.requested()) return {before, 1.0};
    chosen.plan = best;
    return {best, first_gain * second_gain};
}

}  // namespace sextant::inline SEXTANT_ABI
