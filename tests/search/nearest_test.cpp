#include <sextant/search/nearest.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"
#include "search/tens.hpp"
#include "support/allocations.hpp"

namespace nearest_test {

using search_test::tens;
using sextant::neighbor;
using sextant::no_tracker;
using sextant::slot;

const sextant::stop_condition never;

std::vector<neighbor> copied(std::span<const neighbor> answers) { return {answers.begin(), answers.end()}; }

/// The numbers 0, 1, …, 99: slot and value are one.
struct numbers : support::test_graph<tens> {
    numbers() : test_graph(1) {
        for (std::int32_t value = 0; value < 100; ++value) insert({&value, 1});
    }

    template <class Allowed = sextant::all_allowed>
    std::vector<neighbor> find(std::int32_t query, const sextant::search_plan& plan, Allowed&& allowed = {}) {
        return copied(sextant::nearest(nodes, codec, {&query, 1}, plan, allowed, search, sextant::stats_tracker{stats}));
    }

    sextant::search_stats stats;
};

TEST(nearest, ranks_by_the_faithful_code) {
    numbers graph;
    // By their tens, 40 to 49 are equal and would come in the order of slots.
    EXPECT_EQ(graph.find(46, {.k = 4, .ef = 100, .rescored = 100, .stop = never}),
              (std::vector<neighbor>{{0, 46}, {1, 45}, {1, 47}, {2, 44}}));
    EXPECT_EQ(graph.stats.rescored, 100u);
    EXPECT_EQ(graph.find(46, {.k = 200, .ef = 200, .rescored = 200, .stop = never}).size(), 100u);
}

TEST(nearest, rescores_as_many_as_it_is_told) {
    numbers graph;
    // 46 is 4 from 50 to 59 and 6 from 40 to 49: the first ten are the fifties.
    EXPECT_EQ(graph.find(46, {.k = 3, .ef = 100, .rescored = 10, .stop = never}),
              (std::vector<neighbor>{{4, 50}, {5, 51}, {6, 52}}));
    EXPECT_EQ(graph.stats.rescored, 10u);
    EXPECT_EQ(graph.find(46, {.k = 3, .ef = 100, .rescored = 12, .stop = never}),
              (std::vector<neighbor>{{4, 50}, {5, 41}, {5, 51}}));
    EXPECT_EQ(graph.find(46, {.k = 3, .ef = 10, .rescored = 1000, .stop = never}),
              (std::vector<neighbor>{{4, 50}, {5, 51}, {6, 52}}))
        << "there are no more than ef";
}

TEST(nearest, passes_a_filter_first) {
    numbers graph;
    const auto odd = [](slot id) { return id % 2 == 1; };
    EXPECT_EQ(graph.find(46, {.k = 3, .ef = 50, .rescored = 50, .stop = never}, odd),
              (std::vector<neighbor>{{1, 45}, {1, 47}, {3, 43}}));
    EXPECT_EQ(graph.stats.rescored, 50u);
}

TEST(nearest, makes_room_where_the_plan_is_older_than_the_nodes) {
    numbers graph;
    const auto any = [](slot) { return true; };
    EXPECT_EQ(graph.find(46, {.k = 60, .ef = 5, .rescored = 0, .stop = never}).size(), 60u);
    EXPECT_EQ(graph.find(46, {.k = 60, .ef = 5, .rescored = 0, .stop = never}, any).size(), 60u);
    EXPECT_EQ(graph.find(46, {.k = 200, .ef = 99, .rescored = 0, .stop = never}).size(), 100u);
    EXPECT_EQ(graph.find(46, {.k = 200, .ef = 99, .rescored = 0, .stop = never}, any).size(), 100u);
}

TEST(nearest, compares_everything_where_links_do_not_lead_to_enough) {
    numbers graph;
    const std::int32_t far = 1000;
    graph.add({&far, 1});  // nothing leads to it, as for a moment while the list that does is written
    EXPECT_EQ(graph.find(46, {.k = 101, .ef = 101, .rescored = 0, .stop = never, .least = 101}).back().id, 100u);
    EXPECT_EQ(graph.find(46, {.k = 101, .ef = 101, .rescored = 0, .stop = never, .least = 100}).size(), 100u) << "no need";
    const std::atomic<bool> stopped = true;
    EXPECT_GE(graph.find(46, {.k = 101, .ef = 101, .rescored = 0, .stop = stopped, .least = 101}).size(), 1u);
}

TEST(nearest, of_no_nodes_has_room_for_the_first_to_come) {
    support::test_graph<tens> graph(1);
    const std::int32_t query = 1;
    EXPECT_TRUE(sextant::nearest(graph.nodes, graph.codec, {&query, 1}, {.k = 1, .ef = 1, .rescored = 0, .stop = never},
                                 sextant::all_allowed{}, graph.search, sextant::no_tracker{}).empty());
    EXPECT_EQ(graph.search.results.capacity(), 1u);
}

TEST(nearest, of_codecs_with_one_code_is_the_beam) {
    support::l2_graph graph(1);
    for (int value = 0; value < 50; ++value) {
        const auto x = static_cast<float>(value);
        graph.insert({&x, 1});
    }
    const float query = 20.25f;
    sextant::search_stats stats;
    EXPECT_EQ(copied(sextant::nearest(graph.nodes, graph.codec, {&query, 1}, {.k = 2, .ef = 50, .rescored = 7, .stop = never},
                                      sextant::all_allowed{}, graph.search, sextant::stats_tracker{stats})),
              (std::vector<neighbor>{{0.0625f, 20}, {0.5625f, 21}}));
    EXPECT_EQ(stats.rescored, 0u);
}

TEST(nearest_exact, compares_everything_allowed_by_the_faithful_code) {
    numbers graph;
    const std::int32_t query = 46;
    const auto exact = [&](std::size_t k, auto&& allowed) {
        return copied(sextant::nearest_exact(graph.nodes, graph.codec, {&query, 1}, k, allowed, graph.search,
                                             sextant::stats_tracker{graph.stats}, never));
    };
    const auto all = [](slot) { return true; };
    EXPECT_EQ(exact(3, all), (std::vector<neighbor>{{0, 46}, {1, 45}, {1, 47}}));
    EXPECT_EQ(graph.stats.distances, 100u);
    EXPECT_EQ(exact(2, [](slot id) { return id % 10 == 9; }), (std::vector<neighbor>{{3, 49}, {7, 39}}));
    EXPECT_EQ(exact(500, all).size(), 100u);
    EXPECT_TRUE(exact(5, [](slot) { return false; }).empty());
}

/// The numbers, of which 20 has its slot free again, to take the place of 46 while a filter is asked about 50.
struct turning_numbers : numbers {
    turning_numbers() {
        nodes.hide_one();
        nodes.at(20).state = sextant::node_state::vacant;
    }

    /// And then others take each other's place so many times.
    auto filter(std::size_t times) {
        return [this, times](slot id) {
            if (id != 50 || turned++ > 0) return true;
            const std::int32_t same = 46;
            sextant::store_vector(nodes, codec, 20, {&same, 1});
            nodes.at(20).state = sextant::node_state::pending;
            nodes.replace(46, 20);
            link(45, 20);
            for (std::size_t i = 0; i < times; ++i) nodes.replace(10 + i % 2, 11 - i % 2);
            return true;
        };
    }

    std::vector<neighbor> find_exact(std::size_t times) {
        const std::int32_t query = 46;
        return copied(sextant::nearest_exact(nodes, codec, {&query, 1}, 2, filter(times), search, no_tracker{}, never));
    }

    int turned = 0;
};

TEST(nearest, finds_what_is_replaced_meanwhile) {
    for (const std::size_t times : {std::size_t{0}, sextant::change_log::remembered}) {
        turning_numbers graph;
        EXPECT_EQ(graph.find(46, {.k = 2, .ef = 25, .rescored = 25, .stop = never}, graph.filter(times)),
                  (std::vector<neighbor>{{0, 20}, {1, 45}}));
        EXPECT_GT(graph.turned, 0);
        turning_numbers other;
        EXPECT_EQ(other.find_exact(times), (std::vector<neighbor>{{0, 20}, {1, 45}}));
    }
}

TEST(nearest, allocates_nothing_the_second_time) {
    if (!support::operator_new_is_watched()) GTEST_SKIP();
    numbers graph;
    const std::int32_t query = 46;
    const auto search = [&](std::size_t k) {
        sextant::nearest(graph.nodes, graph.codec, {&query, 1}, {.k = k, .ef = 60, .rescored = 60, .stop = never},
                         sextant::all_allowed{}, graph.search, no_tracker{});
        sextant::nearest(graph.nodes, graph.codec, {&query, 1}, {.k = k, .ef = 60, .rescored = 60, .stop = never},
                         [](slot id) { return id > 10; }, graph.search, no_tracker{});
        sextant::nearest_exact(graph.nodes, graph.codec, {&query, 1}, k, [](slot) { return true; }, graph.search,
                               no_tracker{}, never);
    };
    search(60);
    const std::size_t asked = support::allocations();
    search(60);
    search(5);
    EXPECT_EQ(support::allocations(), asked);
}

}  // namespace nearest_test
