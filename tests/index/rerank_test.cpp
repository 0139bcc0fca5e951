#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/support/codec_cases.hpp"

namespace rerank_test {

using sextant::hit;
using sextant::rows;
using small = sextant::rabitq<2>;

std::vector<std::uint64_t> keys_of(const std::vector<hit<>>& hits) {
    std::vector<std::uint64_t> keys;
    for (const hit<>& h : hits) keys.push_back(h.key);
    return keys;
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> keys) {
    std::ranges::sort(keys);
    return keys;
}

/// The same vectors with the small code alone, with the faithful one alone, and with both.
class rerank : public testing::Test {
protected:
    using data = support::codec_case<sextant::l2, small>;
    static constexpr std::size_t count = 1500;
    static constexpr std::size_t k = 10;
    static constexpr std::size_t ef = 64;
    static constexpr sextant::index_options options{.dim = data::dim, .degree = 12, .ef_construction = 60};

    rerank() {
        const auto keys = support::keys_from(0, count);
        coarse_.build(keys, rows(points_.values, data::dim));
        fine_.build(keys, rows(points_.values, data::dim));
        both_.build(keys, rows(points_.values, data::dim));
    }

    support::matrix<float> points_ = data::points(count, 261);
    support::matrix<float> queries_ = data::points(40, 261, 1);
    sextant::index<sextant::l2, small> coarse_{options};
    sextant::index<sextant::l2, sextant::f32> fine_{options};
    sextant::index<sextant::l2, sextant::rerank<small, sextant::f32>> both_{options};
};

TEST_F(rerank, as_deep_as_k_orders_what_the_small_code_finds) {
    EXPECT_EQ(both_.checksum(), coarse_.checksum()) << "the graph is that of the small code";
    std::size_t moved = 0;
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto found = both_.search(queries_[q], k, {.ef = ef, .rerank = k});
        const auto expected = coarse_.search(queries_[q], k, {.ef = ef});
        EXPECT_EQ(sorted(keys_of(found)), sorted(keys_of(expected)));
        moved += keys_of(found) != keys_of(expected) ? 1u : 0u;
    }
    EXPECT_GT(moved, queries_.rows / 2) << "two bits do not order neighbours";
}

TEST_F(rerank, gives_the_distances_of_the_faithful_code) {
    const auto odd = [](std::uint64_t key) { return key % 2 == 1; };
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto exact = fine_.search_exact(queries_[q], count);
        EXPECT_EQ(both_.search_exact(queries_[q], count), exact) << "comparing all compares the faithful codes";
        for (const auto& hits : {both_.search(queries_[q], k), both_.search(queries_[q], k, {}, odd)}) {
            EXPECT_EQ(hits.size(), k);
            EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
            for (const hit<>& h : hits) EXPECT_TRUE(std::ranges::find(exact, h) != exact.end());
        }
    }
}

TEST_F(rerank, deeper_never_finds_less) {
    std::size_t first = 0;
    std::size_t last = 0;
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const float radius = fine_.search_exact(queries_[q], k).back().distance;
        std::size_t before = 0;
        for (const std::size_t depth : {k, k + 1, 2 * k, 4 * k, ef}) {
            const auto hits = both_.search(queries_[q], k, {.ef = ef, .rerank = depth});
            EXPECT_EQ(hits.size(), k);
            const auto found = static_cast<std::size_t>(std::ranges::count_if(hits, [&](const hit<>& h) { return h.distance <= radius; }));
            EXPECT_GE(found, before) << "depth " << depth;
            before = found;
            if (depth == k) first += found;
            if (depth == ef) last += found;
        }
    }
    EXPECT_GT(last, first) << "and altogether it finds more";
    EXPECT_GE(last, queries_.rows * k * 97 / 100);
}

TEST_F(rerank, compares_at_least_k_anew_and_at_most_ef) {
    const auto rescored = [&](std::size_t wanted, const sextant::search_options<>& how) {
        sextant::search_stats stats;
        sextant::search_options<> watched = how;
        watched.stats = &stats;
        EXPECT_EQ(both_.search(queries_[0], wanted, watched).size(), wanted);
        return stats.rescored;
    };
    EXPECT_EQ(rescored(10, {.ef = 64, .rerank = 25}), 25u);
    EXPECT_EQ(rescored(10, {.ef = 64, .rerank = 1}), 10u);
    EXPECT_EQ(rescored(10, {.ef = 64, .rerank = 64}), 64u);
    EXPECT_EQ(rescored(10, {.ef = 64, .rerank = 65}), 64u);
    EXPECT_EQ(rescored(10, {.ef = 64, .rerank = static_cast<std::size_t>(-1)}), 64u);
    EXPECT_EQ(rescored(80, {.ef = 64, .rerank = 70}), 80u) << "k raises ef";
    EXPECT_GE(rescored(10, {.ef = 64}), 10u) << "left to the library";
    EXPECT_LE(rescored(10, {.ef = 64}), 64u);
    EXPECT_EQ(both_.search(queries_[1], k, {.ef = ef, .rerank = 1000}), both_.search(queries_[1], k, {.ef = ef, .rerank = ef}));

    sextant::search_stats stats;
    coarse_.search(queries_[0], k, {.rerank = 30, .stats = &stats});
    EXPECT_EQ(stats.rescored, 0u) << "there is nothing to compare anew with";
    both_.search(queries_[0], k, {.rerank = 30, .stats = &stats});
    both_.search(queries_[0], k, {.rerank = 30, .stats = &stats}, [](std::uint64_t key) { return key < 20; });
    EXPECT_EQ(stats.rescored, 30u + 20u) << "where the filter leaves 20";
}

TEST_F(rerank, with_a_residual_finds_what_the_first_code_cannot_tell_apart) {
    sextant::index<sextant::l2, sextant::lvq<4, 8>> residual(options);
    residual.build(support::keys_from(0, count), rows(points_.values, data::dim));
    std::size_t shallow = 0;
    std::size_t deep = 0;
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto truth = sorted(keys_of(fine_.search_exact(queries_[q], k)));
        const auto found = [&](std::size_t depth) {
            std::size_t right = 0;
            for (const auto key : keys_of(residual.search(queries_[q], k, {.ef = ef, .rerank = depth}))) {
                right += std::ranges::binary_search(truth, key) ? 1u : 0u;
            }
            return right;
        };
        shallow += found(k);
        deep += found(ef);
    }
    EXPECT_GT(deep, shallow);
    EXPECT_GE(deep, queries_.rows * k * 99 / 100);
}

}  // namespace rerank_test
