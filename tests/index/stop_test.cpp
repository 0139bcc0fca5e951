#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "index/support/points.hpp"

namespace stop_test {

using sextant::hit;
using sextant::search_stats;
using sextant::stop_condition;
using namespace std::chrono_literals;

class stop : public testing::Test {
protected:
    using index = sextant::index<sextant::l2>;
    static constexpr std::size_t dim = 16;
    static constexpr std::size_t count = 3000;

    static void SetUpTestSuite() {
        index_ = std::make_unique<index>(sextant::index_options{.dim = dim, .degree = 8, .ef_construction = 40});
        const support::matrix<float> points = support::clustered_points(count, dim, 121);
        index_->build(support::keys_from(0, count), sextant::rows(points.values, dim));
    }

    static void TearDownTestSuite() { index_.reset(); }

    /// All ways to search, each of which must end at once, without an exception, with a usable answer.
    void expect_stopped(const stop_condition& condition) {
        const auto even = [](std::uint64_t key) { return key % 2 == 0; };
        const auto query = queries_[0];
        search_stats stats;
        std::uint64_t searches = 0;
        const auto check = [&](const std::vector<hit<>>& hits) {
            EXPECT_LE(hits.size(), 10u);
            EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
            for (const hit<>& h : hits) EXPECT_LT(h.key, count);
            EXPECT_EQ(stats.stopped, ++searches);
        };
        check(index_->search(query, 10, {.stop = condition, .stats = &stats}));
        check(index_->search(query, 10, {.filter = even, .stop = condition, .stats = &stats}));
        check(index_->search(query, 10, {.stop = condition, .stats = &stats}, even));
        check(index_->search_exact(query, 10, {.stop = condition, .stats = &stats}));
        std::vector<hit<>> out(10);
        const auto found = index_->search_into(query, out, {.stop = condition, .stats = &stats});
        check({found.begin(), found.end()});
        EXPECT_LT(stats.distances, 5 * 100u) << "hardly anything is done";
        EXPECT_LE(index_->search_batch(sextant::rows(queries_.values, dim), 10, {.stop = condition})[3].size(), 10u);
    }

    void expect_not_stopped(const stop_condition& condition) {
        search_stats stats;
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            const auto query = queries_[q];
            EXPECT_EQ(index_->search(query, 10, {.stop = condition, .stats = &stats}), index_->search(query, 10));
            EXPECT_EQ(index_->search_exact(query, 10, {.stop = condition, .stats = &stats}), index_->search_exact(query, 10));
        }
        EXPECT_EQ(stats.stopped, 0u);
    }

    static inline std::unique_ptr<index> index_;
    support::matrix<float> queries_ = support::clustered_points(10, dim, 121, 1);
};

TEST_F(stop, by_a_token_that_was_requested_before) {
    std::stop_source source;
    expect_not_stopped(source.get_token());
    source.request_stop();
    expect_stopped(source.get_token());
}

TEST_F(stop, by_a_deadline_in_the_past) {
    expect_stopped(std::chrono::steady_clock::now() - 1s);
    expect_stopped(std::chrono::steady_clock::time_point::min());
    expect_not_stopped(std::chrono::steady_clock::now() + 1h);
    expect_not_stopped(std::chrono::steady_clock::time_point::max());
}

TEST_F(stop, by_a_flag) {
    std::atomic<bool> flag = false;
    expect_not_stopped(flag);
    flag = true;
    expect_stopped(flag);
}

TEST_F(stop, not_by_a_token_without_a_source) { expect_not_stopped(std::stop_token{}); }

TEST_F(stop, in_the_middle_keeps_the_best_found_so_far) {
    for (const std::size_t limit : {1u, 100u, 700u}) {
        std::atomic<bool> flag = false;
        std::size_t asked = 0;
        const auto filter = [&](std::uint64_t) {
            if (++asked == limit) flag = true;
            return true;
        };
        search_stats stats;
        const auto hits = index_->search(queries_[0], 500, {.ef = 2000, .stop = flag, .stats = &stats}, filter);
        EXPECT_EQ(stats.stopped, 1u);
        EXPECT_LT(asked, limit + 1000);
        EXPECT_LE(hits.size(), asked);
        EXPECT_GE(hits.size(), std::min<std::size_t>(limit, 500));
        EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
    }
}

TEST_F(stop, leaves_nothing_behind_for_the_next_search) {
    const auto expected = index_->search(queries_[1], 10);
    const std::atomic<bool> flag = true;
    index_->search(queries_[0], 10, {.stop = flag});
    EXPECT_EQ(index_->search(queries_[1], 10), expected);
}

}  // namespace stop_test
