// f32 ranks by half of each float what a search meets. Nobody is to notice but by the clock.
#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/recall.hpp"
#include "support/random_values.hpp"

namespace floats_test {

using sextant::hit;
using sextant::rows;

constexpr std::size_t dim = 96;
constexpr std::size_t count = 1500;
constexpr std::size_t k = 10;

template <class Metric>
class floats : public testing::Test {
protected:
    using index_type = sextant::index<Metric>;

    /// Clusters whose middle is `shift` from the origin in every coordinate.
    static support::matrix<float> points(std::size_t n, float shift, std::uint64_t stream = 0) {
        support::matrix<float> made = support::clustered_points(n, dim, 31, stream);
        for (float& value : made.values) value += shift;
        return made;
    }

    static index_type filled(const support::matrix<float>& points) {
        index_type made({.dim = points.dim});
        made.build(support::keys_from(0, points.rows), rows(points.values, points.dim));
        return made;
    }

    static double recall(const index_type& index, const support::matrix<float>& queries) {
        double sum = 0.0;
        for (std::size_t q = 0; q < queries.rows; ++q) {
            sum += support::recall(index.search(queries[q], k), index.search_exact(queries[q], k));
        }
        return sum / static_cast<double>(queries.rows);
    }
};

struct metric_names {
    template <class Metric>
    static std::string GetName(int) {
        return Metric::name();
    }
};
using metrics = testing::Types<sextant::l2, sextant::cosine, sextant::inner_product>;
TYPED_TEST_SUITE(floats, metrics, metric_names);

TYPED_TEST(floats, come_back_with_their_exact_distances) {
    const auto index = this->filled(this->points(count, 0.5f));
    const auto queries = this->points(30, 0.5f, 1);
    const auto odd = [](std::uint64_t key) { return key % 2 == 1; };
    for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto exact = index.search_exact(queries[q], count);
        ASSERT_EQ(exact.size(), count);
        for (const auto& hits :
             {index.search(queries[q], k), index.search(queries[q], k, {.ef = k}), index.search(queries[q], k, {}, odd)}) {
            EXPECT_EQ(hits.size(), k);
            EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
            for (const hit<>& h : hits) EXPECT_TRUE(std::ranges::find(exact, h) != exact.end());
        }
        EXPECT_EQ(index.search(queries[q], count, {.ef = count}), exact) << "who asks for all gets all, in their order";
    }
}

// A bfloat16 tells 1000 from 1008; nothing in between.
TYPED_TEST(floats, are_found_however_far_from_zero) {
    const double near = this->recall(this->filled(this->points(count, 0.0f)), this->points(50, 0.0f, 1));
    EXPECT_GE(near, 0.98);
    for (const float shift : {10.0f, 100.0f, 1000.0f}) {
        const auto index = this->filled(this->points(count, shift));
        EXPECT_GE(this->recall(index, this->points(50, shift, 1)), 0.97) << shift;
    }
}

/// Vectors that rounding moves along themselves more than apart: one coordinate of eight is much larger than all the others.
support::matrix<float> spikes(std::size_t n, std::uint64_t seed) {
    support::matrix<float> made{n, dim, support::random_floats(n * dim, seed, -0.035f, 0.035f)};
    for (std::size_t i = 0; i < n; ++i) made.values[i * dim + i % 8] += 1.0f + 0.05f * static_cast<float>(i % 7);
    return made;
}

/// Vectors whose coordinates are the smaller the later they come, as turned to their principal axes.
support::matrix<float> turned(std::size_t n, std::uint64_t seed) {
    support::matrix<float> made{n, dim, support::random_floats(n * dim, seed)};
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < dim; ++j) made.values[i * dim + j] /= static_cast<float>(1 + j);
        made.values[i * dim] += 1.0f;
    }
    return made;
}

TYPED_TEST(floats, of_unequal_coordinates_are_found) {
    if (std::is_same_v<TypeParam, sextant::inner_product>) GTEST_SKIP() << "the longest are the answer to everything";
    for (const auto make : {&spikes, &turned}) {
        const auto index = this->filled(make(count, 3));
        const auto queries = make(40, 4);
        const auto few = [](std::uint64_t key) { return key % 40 == 3; };
        for (std::size_t q = 0; q < queries.rows; ++q) {
            for (const std::size_t wanted : {k, std::size_t{100}}) {
                const auto exact = index.search_exact(queries[q], wanted);
                EXPECT_EQ(index.search(queries[q], wanted, {.ef = count}), exact);
                EXPECT_GE(support::recall(index.search(queries[q], wanted, {.ef = 4 * wanted}), exact), 0.9);
            }
            EXPECT_EQ(index.search(queries[q], k, {.ef = k}, few), index.search_exact(queries[q], k, {.filter = few}));
        }
    }
}

// The links of each must lead to more than its equals.
TYPED_TEST(floats, that_come_five_times_each_are_found) {
    auto points = this->points(300, 0.0f);
    const std::vector<float> once = points.values;
    for (int copy = 1; copy < 5; ++copy) points.values.insert(points.values.end(), once.begin(), once.end());
    points.rows *= 5;
    const auto index = this->filled(points);
    sextant::index<TypeParam, sextant::f16> halves({.dim = dim});
    halves.build(support::keys_from(0, points.rows), rows(points.values, dim));
    const auto queries = this->points(100, 0.0f, 1);
    double of_floats = 0.0;
    double of_halves = 0.0;
    for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto exact = index.search_exact(queries[q], 1);
        of_floats += support::recall(index.search(queries[q], 1, {.ef = 10}), exact);
        of_halves += support::recall(halves.search(queries[q], 1, {.ef = 10}), exact);
    }
    EXPECT_GE(of_floats, of_halves - 3.0);
    EXPECT_GE(of_floats, 90.0);
}

TYPED_TEST(floats, are_compared_anew_as_deep_as_asked) {
    const auto points = this->points(count, 0.5f);
    const auto index = this->filled(points);
    const auto rescored = [&](std::size_t depth) {
        sextant::search_stats stats;
        index.search(points[0], k, {.ef = 64, .rerank = depth, .stats = &stats});
        return stats.rescored;
    };
    constexpr bool in_two_planes = !std::is_same_v<TypeParam, sextant::inner_product>;
    EXPECT_EQ(rescored(25), in_two_planes ? 25u : 0u);
    EXPECT_EQ(rescored(1000), in_two_planes ? 64u : 0u);
    EXPECT_EQ(rescored(0) >= k, in_two_planes);
}

}  // namespace floats_test
