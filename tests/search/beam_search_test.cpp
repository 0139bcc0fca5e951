#include <sextant/search/beam_search.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace beam_search_test {

using sextant::neighbor;
using sextant::no_tracker;
using sextant::slot;
using support::contents;
using support::l2_graph;

const auto everything = [](slot) { return true; };

neighbor at(l2_graph& graph, slot id, float query) { return {graph.scorer_of({&query, 1})(id), id}; }

std::vector<slot> ids_of(const sextant::beam& beam) {
    std::vector<slot> ids;
    for (std::size_t i = 0; i < beam.size(); ++i) ids.push_back(beam[i].id);
    return ids;
}

/// The points 0, 1, …, count - 1 on a line, each linked to the next and the one before.
struct line : l2_graph {
    explicit line(slot count) : l2_graph(1) {
        for (slot id = 0; id < count; ++id) {
            const auto x = static_cast<float>(id);
            add({&x, 1});
            if (id > 0) {
                link(id, id - 1);
                link(id - 1, id);
            }
        }
    }

    std::vector<slot> find(float query, slot start, std::size_t ef) {
        beam_search(nodes, scorer_of({&query, 1}), at(*this, start, query), 0, ef, search, no_tracker{});
        return ids_of(search.candidates);
    }
};

TEST(beam_search, walks_to_the_query_from_anywhere) {
    line graph(200);
    for (const slot start : {0u, 50u, 199u}) {
        EXPECT_EQ(graph.find(70.2f, start, 1), (std::vector<slot>{70}));
        EXPECT_EQ(graph.find(70.2f, start, 3), (std::vector<slot>{70, 71, 69}));
        EXPECT_EQ(graph.find(-5.0f, start, 4), (std::vector<slot>{0, 1, 2, 3}));
    }
}

TEST(beam_search, of_a_lonely_node_finds_it) {
    line graph(1);
    EXPECT_EQ(graph.find(3.0f, 0, 10), std::vector<slot>{0});
}

TEST(beam_search, breaks_ties_by_slot) {
    line graph(10);
    EXPECT_EQ(graph.find(4.5f, 9, 2), (std::vector<slot>{4, 5}));
    EXPECT_EQ(graph.find(4.0f, 9, 3), (std::vector<slot>{4, 3, 5}));
}

TEST(beam_search, sees_the_way_around_only_with_room_for_it) {
    // From 0, node 1 is the nearer step, but the nearest of all is behind the step back.
    l2_graph graph(1);
    for (const float x : {0.0f, 10.0f, -5.0f, 12.0f}) graph.add({&x, 1});
    graph.link(0, 1);
    graph.link(0, 2);
    graph.link(2, 3);
    const float query = 12.0f;
    const auto find = [&](std::size_t ef) {
        beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, 0, query), 0, ef, graph.search, no_tracker{});
        return graph.search.candidates[0].id;
    };
    EXPECT_EQ(find(1), 1u);
    EXPECT_EQ(find(2), 1u);
    EXPECT_EQ(find(3), 3u);
}

TEST(beam_search, is_exact_on_a_connected_graph_when_everything_fits) {
    const support::matrix<float> points = support::grid_points(600, 12, 4);
    const support::matrix<float> queries = support::grid_points(20, 12, 5);
    l2_graph graph(12);
    graph.insert(points);
    for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto score = graph.scorer_of(queries[q]);
        const neighbor start{score(17), 17};
        beam_search(graph.nodes, score, start, 0, points.rows, graph.search, no_tracker{});
        EXPECT_EQ(contents(graph.search.candidates), graph.ranking(queries[q], everything));
    }
}

TEST(beam_search, follows_the_links_of_the_level_it_is_told) {
    l2_graph graph(1, 2);
    std::vector<slot> high;
    while (high.size() < 3) {
        const auto x = static_cast<float>(graph.nodes.end());
        const slot id = graph.add({&x, 1});
        if (graph.nodes.at(id).level > 0) high.push_back(id);
    }
    graph.nodes.links(high[0], 1).append(0, high[1]);
    graph.link(high[0], high[2]);
    const float query = 0.0f;
    for (const unsigned level : {0u, 1u}) {
        beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, high[0], query), level, 5, graph.search, no_tracker{});
        EXPECT_EQ(ids_of(graph.search.candidates), (std::vector<slot>{high[0], high[level == 0 ? 2 : 1]}));
    }
}

TEST(beam_search, meets_a_node_once_however_often_it_is_linked) {
    l2_graph graph(1);
    for (const float x : {0.0f, 1.0f, 2.0f}) graph.add({&x, 1});
    for (const slot to : {1u, 1u, 0u, 2u, 1u}) graph.link(0, to);
    graph.link(1, 0);
    graph.link(2, 1);
    const float query = 1.0f;
    sextant::search_stats stats;
    beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, 0, query), 0, 10, graph.search,
                sextant::stats_tracker{stats});
    EXPECT_EQ(ids_of(graph.search.candidates), (std::vector<slot>{1, 0, 2}));
    EXPECT_EQ(stats.distances, 2u) << "the start's distance was given";
    EXPECT_EQ(stats.hops, 3u);
}

TEST(beam_search, adds_to_what_was_counted_before) {
    line graph(50);
    const float query = 49.0f;
    sextant::search_stats stats;
    for (std::uint64_t run = 1; run <= 3; ++run) {
        beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, 0, query), 0, 1, graph.search,
                    sextant::stats_tracker{stats});
        EXPECT_EQ(stats.distances, 49 * run);
        EXPECT_EQ(stats.hops, 50 * run);
    }
    EXPECT_EQ(stats.stopped, 0u);
}

/// Sets a flag at a certain hop.
struct alarm_tracker : no_tracker {
    std::atomic<bool>* flag;
    std::size_t* hops;
    bool* noticed;
    std::size_t at;

    void hop() const {
        if (++*hops == at) *flag = true;
    }
    void stopped() const { *noticed = true; }
};

TEST(beam_search, stops_soon_after_it_is_asked_to_with_what_it_has) {
    line graph(2000);
    const float query = 1999.0f;
    for (const std::size_t hop : {1u, 15u, 16u, 17u, 500u}) {
        std::atomic<bool> flag = false;
        std::size_t hops = 0;
        bool noticed = false;
        beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, 0, query), 0, 3, graph.search,
                    alarm_tracker{{}, &flag, &hops, &noticed, hop}, flag);
        EXPECT_TRUE(noticed);
        EXPECT_LT(hops, hop + 100) << "it looks up every few dozen hops";
        EXPECT_LE(graph.search.candidates[0].id, hops) << "a step per hop at most";
        EXPECT_GE(graph.search.candidates[0].id, hop / 4);
    }
}

TEST(beam_search, that_is_stopped_at_once_has_its_start) {
    line graph(50);
    const float query = 49.0f;
    sextant::search_stats stats;
    const std::atomic<bool> flag = true;
    beam_search(graph.nodes, graph.scorer_of({&query, 1}), at(graph, 7, query), 0, 3, graph.search,
                sextant::stats_tracker{stats}, flag);
    EXPECT_EQ(ids_of(graph.search.candidates), std::vector<slot>{7});
    EXPECT_EQ(stats.stopped, 1u);
    EXPECT_EQ(stats.hops, 0u);
}

}  // namespace beam_search_test
