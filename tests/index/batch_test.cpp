#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "index/support/executors.hpp"
#include "index/support/points.hpp"
#include "support/async_executor.hpp"

namespace batch_test {

using sextant::errc;
using sextant::rows;

class search_batch : public testing::Test {
protected:
    using index = sextant::index<sextant::l2>;
    static constexpr std::size_t dim = 16;
    static constexpr std::size_t count = 2000;

    static void SetUpTestSuite() {
        index_ = std::make_unique<index>(sextant::index_options{.dim = dim, .degree = 8, .ef_construction = 40});
        const support::matrix<float> points = support::clustered_points(count, dim, 151);
        index_->build(support::keys_from(0, count), rows(points.values, dim));
    }

    static void TearDownTestSuite() { index_.reset(); }

    auto view() const { return rows(queries_.values, dim); }

    void expect_like_search(std::size_t k, const sextant::search_options<>& options, sextant::executor_ref executor) {
        const auto result = index_->search_batch(view(), k, options, executor);
        ASSERT_EQ(result.rows(), queries_.rows);
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            ASSERT_TRUE(std::ranges::equal(result[q], index_->search(queries_[q], k, options))) << "query " << q;
        }
    }

    static inline std::unique_ptr<index> index_;
    support::matrix<float> queries_ = support::clustered_points(150, dim, 151, 1);
};

TEST_F(search_batch, answers_as_search_does_whoever_works) {
    sextant::thread_pool pool(3);
    support::async_executor own;
    support::backward_executor backward;
    for (const sextant::executor_ref executor :
         {sextant::executor_ref{}, sextant::executor_ref{&pool}, sextant::executor_ref{&own}, sextant::executor_ref{&backward}}) {
        for (const std::size_t k : {0u, 1u, 10u, 300u, 2000u, 5000u}) expect_like_search(k, {.ef = 50}, executor);
    }
}

TEST_F(search_batch, filters_every_query) {
    sextant::thread_pool pool(3);
    std::atomic<std::size_t> asked = 0;
    const auto few = [&](std::uint64_t key) { return ++asked, key % 400 == 0; };
    expect_like_search(10, {.filter = few}, &pool);
    EXPECT_EQ(index_->search_batch(view(), 10, {.filter = few}, &pool)[0].size(), 5u) << "rows may be short";
    EXPECT_GT(asked, 0u);
}

TEST_F(search_batch, adds_up_what_its_queries_did) {
    sextant::search_stats together;
    sextant::search_stats one_by_one;
    index_->search_batch(view(), 10, {.stats = &together});
    for (std::size_t q = 0; q < queries_.rows; ++q) index_->search(queries_[q], 10, {.stats = &one_by_one});
    EXPECT_EQ(together.distances, one_by_one.distances);
    EXPECT_EQ(together.hops, one_by_one.hops);
}

TEST_F(search_batch, of_no_queries_is_empty) {
    EXPECT_EQ(index_->search_batch({}, 10).rows(), 0u);
    EXPECT_EQ(index_->search_batch(rows(queries_.values.data(), 0, dim), 10).rows(), 0u);
}

TEST_F(search_batch, for_more_than_anybody_holds_takes_no_more_memory_than_there_are_vectors) {
    const auto result = index_->search_batch(view(), std::numeric_limits<std::size_t>::max());
    EXPECT_EQ(result.k(), count);
    EXPECT_EQ(result[0].size(), count);
}

TEST_F(search_batch, refuses_bad_queries) {
    sextant::thread_pool pool(3);
    std::vector<float> bad = queries_.values;
    bad[77 * dim + 5] = std::numeric_limits<float>::quiet_NaN();
    for (const sextant::executor_ref executor : {sextant::executor_ref{}, sextant::executor_ref{&pool}}) {
        try {
            index_->search_batch(rows(bad, dim), 10, {}, executor);
            ADD_FAILURE() << "not refused";
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), errc::not_finite);
        }
        try {
            index_->search_batch(rows(queries_.values, dim / 2), 10, {}, executor);
            ADD_FAILURE() << "not refused";
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), errc::dimension_mismatch);
        }
    }
}

TEST_F(search_batch, passes_on_what_its_executor_or_filter_throws) {
    support::failing_executor executor(0, 20);
    EXPECT_THROW(index_->search_batch(view(), 10, {}, &executor), std::runtime_error);
    sextant::thread_pool pool(3);
    const auto fails = [](std::uint64_t key) -> bool {
        if (key % 7 == 0) throw std::runtime_error("a filter that throws");
        return true;
    };
    EXPECT_THROW(index_->search_batch(view(), 10, {.filter = fails}, &pool), std::runtime_error);
    expect_like_search(10, {}, &pool);
}

TEST_F(search_batch, works_with_keys_that_own_memory) {
    sextant::index<sextant::l2, sextant::f32, std::string> named({.dim = 1});
    for (int i = 0; i < 100; ++i) named.insert("the word with number " + std::to_string(i), std::vector<float>{static_cast<float>(i)});
    const std::vector<float> queries{3.1f, 42.0f, 99.0f};
    const auto result = named.search_batch(rows(queries, 1), 2);
    EXPECT_EQ(result[0][0].key, "the word with number 3");
    EXPECT_EQ(result[1][0].key, "the word with number 42");
    EXPECT_EQ(result[2][1].key, "the word with number 98");
}

}  // namespace batch_test
