#include <sextant/search/exact_scan.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace exact_scan_test {

using sextant::no_tracker;
using sextant::slot;
using support::contents;
using support::nearest;

class exact_scan : public testing::Test {
protected:
    static constexpr std::size_t dim = 5;
    static constexpr std::size_t count = 1000;  // not a multiple of the block it works in

    exact_scan() : graph_(dim), query_(support::grid_points(1, dim, 22, 2)) {
        const support::matrix<float> points = support::grid_points(count, dim, 21, 2);
        for (std::size_t row = 0; row < count; ++row) graph_.add(points[row]);
    }

    template <class Allowed>
    auto scan(std::size_t k, Allowed&& allowed) {
        sextant::exact_scan(graph_.nodes, graph_.scorer_of(query_[0]), k, allowed, graph_.search, no_tracker{});
        return contents(graph_.search.results);
    }

    support::l2_graph graph_;
    support::matrix<float> query_;
};

TEST_F(exact_scan, finds_the_nearest_of_all_with_ties_by_slot) {
    const auto everything = [](slot) { return true; };
    const auto expected = graph_.ranking(query_[0], everything);
    for (const std::size_t k : {1u, 2u, 10u, 63u, 64u, 65u, 999u, 1000u, 5000u}) {
        EXPECT_EQ(scan(k, everything), nearest(expected, k)) << k;
    }
}

TEST_F(exact_scan, finds_only_what_is_allowed) {
    for (const slot step : {2u, 100u, 999u, 5000u}) {
        const auto some = [&](slot id) { return id % step == step - 1; };
        EXPECT_EQ(scan(20, some), nearest(graph_.ranking(query_[0], some), 20)) << step;
    }
    EXPECT_TRUE(scan(20, [](slot) { return false; }).empty());
}

TEST_F(exact_scan, leaves_out_what_is_not_live) {
    const auto everything = [](slot) { return true; };
    const slot best = graph_.ranking(query_[0], everything)[0].id;
    graph_.nodes.at(best).state = sextant::node_state::dead;
    for (const auto& found : scan(50, everything)) EXPECT_NE(found.id, best);
    EXPECT_EQ(scan(5000, everything).size(), count - 1);
}

TEST_F(exact_scan, asks_once_about_every_node_and_compares_only_what_passes) {
    std::vector<int> asked(count, 0);
    sextant::search_stats stats;
    sextant::exact_scan(
        graph_.nodes, graph_.scorer_of(query_[0]), 10, [&](slot id) { return ++asked[id] > 0 && id < 300; },
        graph_.search, sextant::stats_tracker{stats});
    EXPECT_EQ(asked, std::vector<int>(count, 1));
    EXPECT_EQ(stats.distances, 300u);
}

TEST_F(exact_scan, of_nothing_finds_nothing) {
    support::l2_graph empty(dim);
    sextant::exact_scan(empty.nodes, empty.scorer_of(query_[0]), 10, [](slot) { return true; }, empty.search, no_tracker{});
    EXPECT_EQ(empty.search.results.size(), 0u);
}

TEST_F(exact_scan, finds_what_took_the_place_of_others_behind_its_back) {
    const slot ahead = graph_.ranking(query_[0], [](slot id) { return id >= 600; })[0].id;
    const slot behind = graph_.ranking(query_[0], [](slot id) { return id < 64; })[0].id;
    graph_.nodes.hide_one();
    graph_.nodes.at(behind).state = sextant::node_state::vacant;
    const auto replaces = [&](slot id) {
        if (id == 500) {
            graph_.nodes.at(behind).state = sextant::node_state::pending;
            graph_.nodes.replace(ahead, behind);
        }
        return true;
    };
    const auto found = scan(count, replaces);
    EXPECT_EQ(found, graph_.ranking(query_[0], [](slot) { return true; }));
    EXPECT_EQ(found.size(), count - 1);
}

TEST_F(exact_scan, gives_up_when_told_to) {
    std::atomic<bool> flag = true;
    sextant::search_stats stats;
    const auto run = [&](auto&& allowed) {
        sextant::exact_scan(graph_.nodes, graph_.scorer_of(query_[0]), 10, allowed, graph_.search,
                            sextant::stats_tracker{stats}, flag);
    };
    run([](slot) { return true; });
    EXPECT_EQ(stats.stopped, 1u);
    EXPECT_EQ(graph_.search.results.size(), 0u);

    flag = false;
    run([&](slot id) { return id == 500 ? (flag = true) : true; });
    EXPECT_EQ(stats.stopped, 2u);
    EXPECT_LT(stats.distances, 700u);
    EXPECT_EQ(graph_.search.results.size(), 10u) << "what was found so far stays";
}

}  // namespace exact_scan_test
