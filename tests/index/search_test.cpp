#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "index/support/cases.hpp"

namespace search_test {

using sextant::hit;

constexpr std::size_t dim = 16;
constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

sextant::index<sextant::l2> index_of(const support::matrix<float>& points) {
    sextant::index<sextant::l2> index({.dim = points.dim, .degree = 8, .ef_construction = 60});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
    return index;
}

class search : public testing::Test {
protected:
    support::matrix<float> points_ = support::clustered_points(1500, dim, 101);
    support::matrix<float> queries_ = support::clustered_points(20, dim, 101, 1);
    sextant::index<sextant::l2> index_ = index_of(points_);
};

TEST_F(search, for_none_gives_none) {
    EXPECT_TRUE(index_.search(queries_[0], 0).empty());
    EXPECT_TRUE(index_.search(queries_[0], 0, {.ef = 0}).empty());
    EXPECT_TRUE(index_.search(queries_[0], 0, {}, [](auto) { return true; }).empty());
    EXPECT_TRUE(index_.search_exact(queries_[0], 0).empty());
    EXPECT_TRUE(index_.search_into(queries_[0], {}).empty());
}

TEST_F(search, for_more_than_there_are_gives_all) {
    for (const std::size_t k : {1500u, 1501u, 100'000u}) {
        EXPECT_EQ(index_.search(queries_[0], k).size(), 1500u);
        EXPECT_EQ(index_.search_exact(queries_[0], k).size(), 1500u);
    }
    EXPECT_EQ(index_.search(queries_[0], huge).size(), 1500u);
    EXPECT_EQ(index_.search(queries_[0], huge, {.ef = huge}).size(), 1500u);
    EXPECT_EQ(index_.search(queries_[0], huge, {}, [](auto key) { return key < 700; }).size(), 700u);
    EXPECT_EQ(index_.search_exact(queries_[0], huge), index_.search(queries_[0], huge));

    std::vector<hit<>> out(5000);
    EXPECT_EQ(index_.search_into(queries_[0], out).size(), 1500u);
}

TEST_F(search, gives_k_whatever_ef_is) {
    for (const std::size_t k : {1u, 7u, 100u, 1000u}) {
        for (const std::size_t ef : {std::size_t{0}, std::size_t{1}, std::size_t{6}, std::size_t{64}, std::size_t{1500}, huge}) {
            EXPECT_EQ(index_.search(queries_[0], k, {.ef = ef}).size(), k) << "ef " << ef;
        }
    }
}

TEST_F(search, with_an_ef_below_k_is_as_with_k) {
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        EXPECT_EQ(index_.search(queries_[q], 50, {.ef = 3}), index_.search(queries_[q], 50, {.ef = 50}));
        EXPECT_EQ(index_.search(queries_[q], 50, {.ef = 0}), index_.search(queries_[q], 50, {.ef = 50}));
    }
}

TEST_F(search, with_a_huge_ef_is_exact) {
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto expected = index_.search_exact(queries_[q], 10);
        for (const std::size_t ef : {std::size_t{1500}, std::size_t{1'000'000'000}, huge}) {
            const auto hits = index_.search(queries_[q], 10, {.ef = ef});
            ASSERT_EQ(hits.size(), 10u);
            for (std::size_t i = 0; i < 10; ++i) EXPECT_FLOAT_EQ(hits[i].distance, expected[i].distance);
        }
    }
}

TEST_F(search, gives_sorted_distances_of_different_keys) {
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        std::set<std::uint64_t> keys;
        float last = 0.0f;
        for (const auto& [key, distance] : index_.search(queries_[q], 200)) {
            EXPECT_TRUE(keys.insert(key).second);
            EXPECT_GE(distance, last);
            last = distance;
            EXPECT_NEAR(distance, support::reference_distance(sextant::l2{}, queries_[q], points_[key]), 1e-4 * distance);
        }
    }
}

TEST_F(search, gives_the_same_answer_every_time) {
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto first = index_.search(queries_[q], 20);
        for (int run = 0; run < 3; ++run) EXPECT_EQ(index_.search(queries_[q], 20), first);
    }
}

TEST_F(search, finds_every_vector_by_itself) {
    for (std::size_t row = 0; row < points_.rows; ++row) {
        const auto hits = index_.search(points_[row], 1, {.ef = 200});
        ASSERT_EQ(hits, (std::vector<hit<>>{{row, 0.0f}}));
    }
}

TEST_F(search, into_a_span_gives_what_search_gives_and_leaves_the_rest_of_it) {
    constexpr hit<> untouched{999'999, -1.0f};
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        std::array<hit<>, 12> out;
        out.fill(untouched);
        const std::span<hit<>> found = index_.search_into(queries_[q], std::span(out).first(10), {.ef = 80});
        ASSERT_EQ(found.data(), out.data());
        EXPECT_TRUE(std::ranges::equal(found, index_.search(queries_[q], 10, {.ef = 80})));
        EXPECT_EQ(out[10], untouched);

        out.fill(untouched);
        const auto few = index_.search_into(queries_[q], out, {}, [](auto key) { return key == 3 || key == 1499; });
        EXPECT_EQ(few.size(), 2u);
        EXPECT_TRUE(std::all_of(out.begin() + 2, out.end(), [&](const hit<>& h) { return h == untouched; }));
    }
}

TEST_F(search, counts_distances_and_hops_into_the_statistics_it_is_given) {
    sextant::search_stats once;
    index_.search(queries_[0], 10, {.stats = &once});
    EXPECT_GT(once.distances, 50u);
    EXPECT_LT(once.distances, 1500u);
    EXPECT_GT(once.hops, 10u);
    EXPECT_LE(once.hops, once.distances);
    EXPECT_EQ(once.stopped, 0u);

    sextant::search_stats twice;
    for (int run = 0; run < 2; ++run) index_.search(queries_[0], 10, {.stats = &twice});
    EXPECT_EQ(twice.distances, 2 * once.distances);
    EXPECT_EQ(twice.hops, 2 * once.hops);

    sextant::search_stats wide;
    index_.search(queries_[0], 10, {.ef = 400, .stats = &wide});
    EXPECT_GT(wide.distances, once.distances);
    EXPECT_GT(wide.hops, once.hops);

    sextant::search_stats exact;
    index_.search_exact(queries_[0], 10, {.stats = &exact});
    EXPECT_EQ(exact.distances, 1500u);
}

// The metric counts too, and knows best.
TEST(search_stats, count_every_distance) {
    std::size_t calls = 0;
    const auto counting = [&calls](std::span<const float> a, std::span<const float> b) {
        ++calls;
        return support::largest_difference(a, b);
    };
    sextant::index index = [&] {
        using metric = sextant::custom<decltype(counting)>;
        return sextant::index<metric>({.dim = dim, .degree = 6, .ef_construction = 30}, metric{counting});
    }();
    const support::matrix<float> points = support::clustered_points(500, dim, 102);
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);

    const auto counted_by = [&](auto&& run) {
        sextant::search_stats stats;
        calls = 0;
        run(&stats);
        return std::pair{stats.distances, std::uint64_t{calls}};
    };
    const auto query = points[3];
    const auto [plain, plain_calls] = counted_by([&](auto* stats) { index.search(query, 10, {.stats = stats}); });
    EXPECT_EQ(plain, plain_calls);
    const auto [filtered, filtered_calls] =
        counted_by([&](auto* stats) { index.search(query, 10, {.stats = stats}, [](auto key) { return key % 50 == 0; }); });
    EXPECT_EQ(filtered, filtered_calls);
    const auto [exact, exact_calls] = counted_by([&](auto* stats) { index.search_exact(query, 10, {.stats = stats}); });
    EXPECT_EQ(exact, exact_calls);
}

TEST(search_an_empty_index, finds_nothing) {
    const sextant::index<sextant::l2> index({.dim = dim});
    const std::vector<float> query(dim, 1.0f);
    sextant::search_stats stats;
    EXPECT_TRUE(index.empty());
    EXPECT_TRUE(index.search(query, 10, {.stats = &stats}).empty());
    EXPECT_TRUE(index.search(query, huge, {.ef = huge}).empty());
    EXPECT_TRUE(index.search(query, 10, {}, [](auto) { return true; }).empty());
    EXPECT_TRUE(index.search_exact(query, 10).empty());
    EXPECT_EQ(index.search_batch(sextant::rows(query, dim), 10).rows(), 1u);
    EXPECT_FALSE(index.contains(0));
    EXPECT_FALSE(index.get(0));
    std::array<hit<>, 3> out;
    EXPECT_TRUE(index.search_into(query, out).empty());
    EXPECT_EQ(stats.distances, 0u);
}

TEST(search_one_vector, finds_it_from_anywhere) {
    sextant::index<sextant::l2> index({.dim = 2});
    index.insert(17, std::vector<float>{1.0f, 1.0f});
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}, huge}) {
        for (const std::size_t ef : {std::size_t{0}, std::size_t{1}, huge}) {
            EXPECT_EQ(index.search(std::vector<float>{4.0f, 5.0f}, k, {.ef = ef}), (std::vector<hit<>>{{17, 25.0f}}));
        }
    }
    EXPECT_TRUE(index.search(std::vector<float>{4.0f, 5.0f}, 1, {}, [](auto key) { return key != 17; }).empty());
    EXPECT_EQ(index.size(), 1u);
}

TEST(search_ties, go_to_what_was_inserted_first) {
    sextant::index<sextant::l2> index({.dim = 3});
    for (std::uint64_t i = 0; i < 60; ++i) index.insert(1000 - i, std::vector<float>(3, 2.0f));
    const auto hits = index.search(std::vector<float>(3, 0.0f), 60);
    ASSERT_EQ(hits.size(), 60u);
    for (std::uint64_t i = 0; i < 60; ++i) EXPECT_EQ(hits[i], (hit<>{1000 - i, 12.0f}));
}

TEST(search_ties, of_equal_vectors_are_ties_however_their_distances_round) {
    constexpr std::size_t copies = 401;
    for (const std::size_t length : {37u, 100u, 128u}) {
        const support::matrix<float> points = support::clustered_points(31, length, 103);
        support::matrix<float> equal{copies, length, {}};
        for (std::size_t row = 0; row < copies; ++row) equal.values.insert(equal.values.end(), points[0].begin(), points[0].end());
        sextant::index<sextant::l2> index({.dim = length});
        index.build(support::keys_from(0, copies), sextant::rows(equal.values, length));
        for (std::size_t q = 1; q < points.rows; ++q) {
            const auto all = index.search_exact(points[q], copies);
            for (std::size_t i = 0; i < copies; ++i) ASSERT_EQ(all[i], (hit<>{i, all[0].distance})) << length;
            for (const hit<>& found : index.search(points[q], 10)) ASSERT_EQ(found.distance, all[0].distance);
        }
    }
}

TEST(search_far_away, keeps_distances_finite_and_sorted) {
    // As long as a vector may be: their squared distance is just a float.
    const float far = 6e18f;
    sextant::index<sextant::l2> index({.dim = 1});
    for (int i = -10; i <= 10; ++i) index.insert(static_cast<std::uint64_t>(i + 10), std::vector<float>{far * static_cast<float>(i) / 10.0f});
    const auto hits = index.search(std::vector<float>{far}, 21);
    ASSERT_EQ(hits.size(), 21u);
    for (std::uint64_t i = 0; i <= 20; ++i) {
        EXPECT_EQ(hits[i].key, 20 - i);
        EXPECT_TRUE(std::isfinite(hits[i].distance));
    }
}

TEST(search_inner_product, ranks_long_vectors_first_with_negative_distances) {
    sextant::index<sextant::inner_product> index({.dim = 2});
    for (std::uint64_t i = 1; i <= 30; ++i) index.insert(i, std::vector<float>{static_cast<float>(i), 0.0f});
    EXPECT_EQ(index.search(std::vector<float>{1.0f, 5.0f}, 3), (std::vector<hit<>>{{30, -29.0f}, {29, -28.0f}, {28, -27.0f}}));
}

TEST(search_cosine, does_not_see_lengths_and_is_never_negative) {
    sextant::index<sextant::cosine> index({.dim = 3});
    const std::vector<float> direction{0.3f, -0.7f, 0.1f};
    for (std::uint64_t i = 0; i < 40; ++i) {
        std::vector<float> vector = direction;
        const float length = std::pow(10.0f, static_cast<float>(i) / 2.0f - 10.0f);
        for (float& value : vector) value *= length;
        index.insert(i, vector);
    }
    for (const hit<>& h : index.search(direction, 40)) {
        EXPECT_GE(h.distance, 0.0f);
        EXPECT_LT(h.distance, 1e-6f);
    }
    const auto opposite = index.search(std::vector<float>{-0.3f, 0.7f, -0.1f}, 1);
    EXPECT_NEAR(opposite.front().distance, 2.0f, 1e-6f);
}

TEST(search_custom, carries_a_metric_with_a_state_of_its_own) {
    struct weighted {
        std::vector<float> weights;
        float operator()(std::span<const float> a, std::span<const float> b) const {
            float sum = 0.0f;
            for (std::size_t i = 0; i < a.size(); ++i) sum += weights[i] * std::abs(a[i] - b[i]);
            return sum;
        }
    };
    sextant::index<sextant::custom<weighted>> index({.dim = 2}, {weighted{{1.0f, 100.0f}}});
    index.insert(1, std::vector<float>{50.0f, 0.0f});
    index.insert(2, std::vector<float>{0.0f, 1.0f});
    EXPECT_EQ(index.search(std::vector<float>{0.0f, 0.0f}, 2), (std::vector<hit<>>{{1, 50.0f}, {2, 100.0f}}));
}

}  // namespace search_test
