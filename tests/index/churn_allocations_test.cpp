#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/support/heap.hpp"
#include "index/support/points.hpp"
#include "index/support/threads.hpp"
#include "support/allocations.hpp"

namespace churn_allocations_test {

using sextant::hit;

constexpr std::size_t dim = 24;
constexpr std::size_t count = 2000;
constexpr sextant::index_options options{.dim = dim, .degree = 8, .ef_construction = 40};

template <class Codec>
class allocations_of_churn : public testing::Test {
protected:
    /// How often memory was asked for in a search of every kind.
    std::size_t asked_by_searches(std::size_t query) {
        const std::size_t before = support::allocations();
        std::size_t found = index_.search_into(points_[query], out_, {.ef = 300}).size();
        found += index_.search_into(points_[query], out_, {}, [](std::uint64_t key) { return key % 2 == 0; }).size();
        found += index_.contains(query) ? 1u : 0u;
        found += index_.get_into(query, vector_) ? 1u : 0u;
        EXPECT_GT(found, 100u);
        return support::allocations() - before;
    }

    sextant::index<sextant::l2, Codec> index_{options};
    support::matrix<float> points_ = support::clustered_points(2 * count, dim, 381);
    std::vector<hit<>> out_ = std::vector<hit<>>(100);
    std::vector<float> vector_ = std::vector<float>(dim);
};

using codecs = testing::Types<sextant::f32, sextant::rerank<sextant::lvq<4>, sextant::f16>>;
TYPED_TEST_SUITE(allocations_of_churn, codecs);

TYPED_TEST(allocations_of_churn, are_none_in_searches_between_changes) {
    this->index_.build(support::keys_from(0, count), sextant::rows(this->points_.values.data(), count, dim));
    // Room for the few slots that wait to be used again.
    this->index_.reserve(count + count / 4);
    for (std::uint64_t round = 0; round < 20; ++round) {
        for (std::uint64_t key = 100 * round; key < 100 * round + 100; ++key) {
            ASSERT_TRUE(this->index_.erase(key));
            ASSERT_TRUE(this->index_.insert(count + key, this->points_[count + key]));
            ASSERT_FALSE(this->index_.insert_or_assign(count + key, this->points_[key]));
        }
        // A thread's marks grow with the slots there are, which go on growing a little at first.
        if (round < 3) this->asked_by_searches(round);
        for (std::size_t query = 0; query < 30; ++query) {
            ASSERT_EQ(this->asked_by_searches(query), 0u) << "in round " << round;
        }
    }
}

TYPED_TEST(allocations_of_churn, are_none_in_a_search_beside_changes) {
    if (!support::operator_new_is_watched()) GTEST_SKIP() << "operator new cannot be watched here";
    this->index_.build(support::keys_from(0, count), sextant::rows(this->points_.values.data(), count, dim));
    this->index_.reserve(2 * count);
    const auto churn = [&](std::uint64_t from, std::uint64_t end) {
        for (std::uint64_t key = from; key < end; ++key) {
            EXPECT_TRUE(this->index_.erase(key));
            EXPECT_TRUE(this->index_.insert(count + key, this->points_[count + key]));
        }
    };
    std::atomic<bool> steady = false;
    std::atomic<bool> churning = true;
    std::size_t asked = 0;
    std::size_t searches = 0;
    support::run_threads(2, [&](std::size_t thread) {
        if (thread == 0) {
            churn(0, count / 2);  // by then as many erased nodes have waited at a time as ever will
            steady = true;
            churn(count / 2, count);
            churning = false;
            return;
        }
        while (!steady) this->asked_by_searches(0);
        for (; churning || searches < 100; ++searches) asked += this->asked_by_searches(searches % 400) > 0 ? 1u : 0u;
    });
    // More may wait than ever before whenever the scheduler holds a thread up.
    EXPECT_LE(asked, 5 + searches / 10) << "of " << searches;
}

TEST(allocations_of_churn_of_one_kind, are_given_back) {
    sextant::release_scratch();
    { const sextant::epochs::pin kept_by_the_thread; }
    const support::heap_bytes nothing;
    if (!nothing.known()) GTEST_SKIP() << "the heap is not measured here";
    {
        const auto points = support::clustered_points(count, dim, 382);
        sextant::index<sextant::l2> index(options);
        std::ptrdiff_t after_first = 0;
        for (std::uint64_t round = 0; round < 20; ++round) {
            for (std::size_t row = 0; row < count; ++row) ASSERT_TRUE(index.insert(round * count + row, points[row]));
            for (std::size_t row = 0; row < count; ++row) ASSERT_TRUE(index.erase(round * count + row));
            sextant::release_scratch();
            if (round == 0) after_first = nothing.grown_by();
        }
        EXPECT_LE(static_cast<double>(nothing.grown_by()), 1.05 * static_cast<double>(after_first) + 4096);
        index.compact();
        EXPECT_LT(nothing.grown_by(), static_cast<std::ptrdiff_t>(points.values.size() * sizeof(float)) + 8192);
    }
    sextant::release_scratch();
    EXPECT_EQ(nothing.grown_by(), 0);
}

}  // namespace churn_allocations_test
