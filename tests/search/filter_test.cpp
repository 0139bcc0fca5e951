#include <sextant/search/filter.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace filter_test {

using sextant::neighbor;
using sextant::slot;
using support::contents;
using support::l2_graph;
using support::nearest;

class filtered_search : public testing::Test {
protected:
    static constexpr std::size_t dim = 12;
    static constexpr std::size_t count = 3000;

    static void SetUpTestSuite() {
        graph_ = std::make_unique<l2_graph>(dim);
        graph_->insert(support::grid_points(count, dim, 31));
    }

    static void TearDownTestSuite() { graph_.reset(); }

    /// Searches from the first node on and checks what must hold of any answer.
    template <class Allowed>
    std::vector<neighbor> find(std::span<const float> query, std::size_t ef, Allowed&& allowed, const sextant::stop_condition& stop = {}) {
        stats_ = {};
        const auto score = graph_->scorer_of(query);
        sextant::filtered_search(graph_->nodes, score, {score(0), 0}, ef, allowed, graph_->search,
                                 sextant::stats_tracker{stats_}, stop);
        const std::vector<neighbor> found = contents(graph_->search.results);
        EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
        EXPECT_TRUE(std::adjacent_find(found.begin(), found.end()) == found.end());
        EXPECT_LE(found.size(), ef);
        for (const neighbor& n : found) {
            EXPECT_TRUE(allowed(n.id));
            EXPECT_EQ(n.distance, score(n.id));
        }
        return found;
    }

    static inline std::unique_ptr<l2_graph> graph_;
    support::matrix<float> queries_ = support::grid_points(10, dim, 32);
    sextant::search_stats stats_;
};

TEST_F(filtered_search, fills_its_results_whatever_share_passes) {
    for (const slot step : {1u, 2u, 3u, 10u, 100u, 1000u, 3000u}) {
        const auto some = [&](slot id) { return id % step == step - 1; };
        const std::size_t passing = count / step;
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            for (const std::size_t ef : {1u, 10u, 100u}) {
                EXPECT_EQ(find(queries_[q], ef, some).size(), std::min(ef, passing)) << step << ", ef " << ef;
            }
        }
    }
}

TEST_F(filtered_search, is_exact_when_fewer_pass_than_are_wanted) {
    const auto some = [](slot id) { return id % 100 == 7; };
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        EXPECT_EQ(find(queries_[q], 64, some), graph_->ranking(queries_[q], some));
        EXPECT_EQ(stats_.scans, 1u);
    }
}

TEST_F(filtered_search, is_exact_when_everything_fits) {
    const auto some = [](slot id) { return id % 3 == 0; };
    EXPECT_EQ(find(queries_[0], count, some), graph_->ranking(queries_[0], some));
}

TEST_F(filtered_search, finds_nearly_the_nearest_of_what_passes) {
    for (const slot step : {1u, 2u, 10u, 50u}) {
        const auto some = [&](slot id) { return id % step == 0; };
        std::size_t right = 0;
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            const auto expected = nearest(graph_->ranking(queries_[q], some), 10);
            for (const neighbor& n : nearest(find(queries_[q], 100, some), 10)) {
                right += n.distance <= expected.back().distance ? 1u : 0u;
            }
        }
        EXPECT_GE(right, 95u) << "of 100, one of " << step << " passing";
    }
}

TEST_F(filtered_search, finds_nothing_where_nothing_passes) {
    EXPECT_TRUE(find(queries_[0], 10, [](slot) { return false; }).empty());
    EXPECT_EQ(stats_.scans, 1u);
    EXPECT_LT(stats_.distances, 2 * count) << "looking in vain must end early";
}

TEST_F(filtered_search, does_not_compare_everything_where_much_passes) {
    find(queries_[0], 10, [](slot id) { return id % 2 == 0; });
    EXPECT_EQ(stats_.scans, 0u);
    EXPECT_LT(stats_.distances, count / 3);
}

TEST_F(filtered_search, gives_up_when_told_to) {
    const std::atomic<bool> flag = true;
    EXPECT_LE(find(queries_[0], 10, [](slot) { return true; }, flag).size(), 1u);
    EXPECT_EQ(stats_.stopped, 1u);
    EXPECT_EQ(stats_.hops, 0u);
}

TEST_F(filtered_search, gives_up_while_it_compares_everything) {
    std::atomic<bool> flag = false;
    std::size_t asked = 0;
    find(
        queries_[0], 10,
        [&](slot) {
            if (++asked == 1500) flag = true;
            return false;
        },
        flag);
    EXPECT_EQ(stats_.stopped, 1u);
    EXPECT_LT(asked, 2900u) << "looks up from time to time even where nothing passes";
}

// Nodes that do not pass are bridges to those that do.
TEST(filtered_search_on_a_line, walks_through_what_it_may_not_return) {
    l2_graph graph(1);
    constexpr slot count = 400;
    for (slot id = 0; id < count; ++id) {
        const auto x = static_cast<float>(id);
        graph.add({&x, 1});
        if (id > 0) {
            graph.link(id, id - 1);
            graph.link(id - 1, id);
        }
    }
    const float query = 100.2f;
    const auto score = graph.scorer_of({&query, 1});
    sextant::search_stats stats;
    sextant::filtered_search(graph.nodes, score, {score(100), 100}, 2, [](slot id) { return id % 9 == 0; }, graph.search,
                             sextant::stats_tracker{stats});
    EXPECT_EQ(contents(graph.search.results), (std::vector<neighbor>{{score(99), 99}, {score(108), 108}}));
    EXPECT_EQ(stats.scans, 0u) << "found by walking";
}

}  // namespace filter_test
