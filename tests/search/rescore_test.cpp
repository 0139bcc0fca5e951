#include <sextant/search/rescore.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "support/allocations.hpp"

namespace rescore_test {

using sextant::neighbor;
using sextant::patience_with_codes;
using sextant::slot;

/// A beam of the slots 0, 1, …, nearest first.
sextant::beam beam_of(std::size_t count) {
    sextant::beam result;
    result.reset(count + 1);
    for (std::size_t i = 0; i < count; ++i) result.push(static_cast<float>(i), static_cast<slot>(i));
    return result;
}

/// A scorer that calls a function of the slot.
template <class F>
struct scores {
    F distance;

    std::size_t ahead() const { return 4; }
    void prefetch(slot) const {}
    void few(const slot* ids, std::size_t n, float* out) const {
        for (std::size_t i = 0; i < n; ++i) out[i] = distance(ids[i]);
    }
};
template <class F>
scores(F) -> scores<F>;

/// The farther a slot, the nearer it turns out.
constexpr scores reversed{[](slot id) { return 1000.0f - static_cast<float>(id); }};

std::vector<neighbor> rescored(const sextant::beam& beam, std::size_t depth, std::size_t k, sextant::search_stats& stats) {
    sextant::search_scratch scratch;
    const auto best = sextant::rescore(reversed, beam, depth, patience_with_codes, k, scratch, sextant::stats_tracker{stats});
    EXPECT_EQ(best.data(), scratch.answers.data());
    return {best.begin(), best.end()};
}

TEST(rescore, puts_the_nearest_in_their_new_order_with_their_new_distances) {
    sextant::search_stats stats;
    EXPECT_EQ(rescored(beam_of(5), 5, 5, stats), (std::vector<neighbor>{{996, 4}, {997, 3}, {998, 2}, {999, 1}, {1000, 0}}));
    EXPECT_EQ(stats.rescored, 5u);
}

TEST(rescore, looks_no_deeper_than_told) {
    sextant::search_stats stats;
    EXPECT_EQ(rescored(beam_of(20), 4, 2, stats), (std::vector<neighbor>{{997, 3}, {998, 2}}));
    EXPECT_EQ(stats.rescored, 4u);
}

TEST(rescore, of_fewer_than_depth_or_k_gives_what_there_is) {
    sextant::search_stats stats;
    EXPECT_EQ(rescored(beam_of(3), 100, 2, stats), (std::vector<neighbor>{{998, 2}, {999, 1}}));
    EXPECT_EQ(rescored(beam_of(3), 100, 50, stats), (std::vector<neighbor>{{998, 2}, {999, 1}, {1000, 0}}));
    EXPECT_EQ(rescored(beam_of(3), 2, 50, stats), (std::vector<neighbor>{{998, 2}, {999, 1}, {1000, 0}})) << "at least k";
    EXPECT_EQ(rescored(beam_of(0), 10, 10, stats), std::vector<neighbor>{});
    EXPECT_EQ(stats.rescored, 9u);
}

TEST(rescore, breaks_ties_by_slot) {
    sextant::beam beam;
    beam.reset(10);
    for (const slot id : {7u, 3u, 9u, 1u, 5u}) beam.push(static_cast<float>(id * 31u % 8u), id);
    const scores level{[](slot) { return 2.0f; }};
    sextant::search_scratch scratch;
    const auto best = sextant::rescore(level, beam, 5, patience_with_codes, 3, scratch, sextant::no_tracker{});
    EXPECT_EQ(std::vector<neighbor>(best.begin(), best.end()), (std::vector<neighbor>{{2, 1}, {2, 3}, {2, 5}}));
}

TEST(rescore, left_alone_goes_on_until_enough_in_a_row_were_in_vain) {
    const auto compared_with = [](auto&& patience, std::size_t candidates, slot late) {
        // The beam's order is right but for one that ought to be first.
        const scores nearly{[late](slot id) { return id == late ? -1.0f : static_cast<float>(id); }};
        sextant::search_scratch scratch;
        sextant::search_stats stats;
        const auto best = sextant::rescore(nearly, beam_of(candidates), 0, patience, 10, scratch, sextant::stats_tracker{stats});
        EXPECT_EQ(best.size(), std::min<std::size_t>(candidates, 10));
        EXPECT_EQ(best.front().id, late < stats.rescored ? late : 0u);
        return stats.rescored;
    };
    const auto compared = [&](std::size_t candidates, slot late) { return compared_with(patience_with_codes, candidates, late); };
    EXPECT_EQ(compared(100, 999), 44u) << "10 and 32, in fours";
    EXPECT_EQ(compared(100, 30), 64u) << "31 and 32, in fours";
    EXPECT_EQ(compared(400, 999), 112u) << "10 and a quarter of the beam, in fours";
    EXPECT_EQ(compared(400, 90), 192u) << "91 and a quarter of the beam, in fours";
    EXPECT_EQ(compared(1000, 251), 504u) << "252 and as many again";
    EXPECT_EQ(compared(20, 999), 20u) << "there are no more";
    EXPECT_EQ(compared_with(sextant::patience_with_roundings, 400, 999), 20u) << "10 and 8, in fours";
    EXPECT_EQ(compared_with(sextant::patience_with_roundings, 400, 13), 24u) << "14 and 8, in fours";
}

TEST(rescore, allocates_nothing_the_second_time) {
    if (!support::operator_new_is_watched()) GTEST_SKIP();
    sextant::search_scratch scratch;
    const sextant::beam beam = beam_of(300);
    sextant::rescore(reversed, beam, 300, patience_with_codes, 300, scratch, sextant::no_tracker{});
    const std::size_t asked = support::allocations();
    sextant::rescore(reversed, beam, 300, patience_with_codes, 300, scratch, sextant::no_tracker{});
    sextant::rescore(reversed, beam, 20, patience_with_codes, 10, scratch, sextant::no_tracker{});
    sextant::copy_nearest(beam, 300, scratch);
    EXPECT_EQ(support::allocations(), asked);
}

TEST(copy_nearest, gives_k_of_a_beam_or_all) {
    sextant::search_scratch scratch;
    for (const std::size_t k : {0u, 1u, 4u, 5u, 6u, 100u}) {
        const auto best = sextant::copy_nearest(beam_of(5), k, scratch);
        ASSERT_EQ(best.size(), std::min<std::size_t>(k, 5));
        for (std::size_t i = 0; i < best.size(); ++i) EXPECT_EQ(best[i], (neighbor{static_cast<float>(i), static_cast<slot>(i)}));
    }
}

}  // namespace rescore_test
