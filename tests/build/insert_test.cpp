#include <sextant/build/insert.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace insert_test {

using sextant::neighbor;
using sextant::slot;
using support::l2_graph;

TEST(insert_node, makes_the_first_node_the_entry_point) {
    l2_graph graph(1);
    const float x = 3.0f;
    EXPECT_EQ(graph.insert({&x, 1}), 0u);
    EXPECT_EQ(graph.nodes.entry().id, 0u);
    EXPECT_EQ(graph.nodes.entry().level, graph.nodes.at(0).level);
    EXPECT_TRUE(graph.nodes.at(0).is(sextant::node_state::live));
    EXPECT_EQ(graph.nodes.links(0).size(), 0u);
}

TEST(insert_node, links_the_first_two_nodes_both_ways) {
    l2_graph graph(1);
    for (const float x : {3.0f, 5.0f}) graph.insert({&x, 1});
    EXPECT_TRUE(graph.nodes.links(0).contains(1));
    EXPECT_TRUE(graph.nodes.links(1).contains(0));
    EXPECT_EQ(graph.nodes.at(1).parent, 0u);
}

TEST(insert_node, enters_at_the_highest_node) {
    l2_graph graph(2, 2);
    const support::matrix<float> points = support::grid_points(500, 2, 61);
    unsigned highest = 0;
    for (std::size_t row = 0; row < points.rows; ++row) {
        const slot id = graph.insert(points[row]);
        highest = std::max<unsigned>(highest, graph.nodes.at(id).level);
        ASSERT_EQ(graph.nodes.entry().level, highest);
        ASSERT_EQ(graph.nodes.at(graph.nodes.entry().id).level, highest);
    }
    EXPECT_GT(highest, 4u);
}

TEST(insert_node, links_a_node_on_every_level_it_shares_with_others) {
    l2_graph graph(4, 4);
    graph.insert(support::grid_points(800, 4, 62));
    std::size_t linked = 0;
    for (slot id = 0; id < graph.nodes.end(); ++id) {
        for (unsigned level = 1; level <= graph.nodes.at(id).level; ++level) {
            if (level < graph.nodes.entry().level) {
                ASSERT_GT(graph.nodes.links(id, level).size(), 0u) << id << " on level " << level;
                ++linked;
            }
        }
    }
    EXPECT_GT(linked, 100u);
}

TEST(insert_node, finds_the_true_neighbours_of_a_new_node) {
    const support::matrix<float> points = support::clustered_points(1000, 8, 63);
    l2_graph graph(8, 8);
    graph.insert(points, 100);
    std::size_t linked = 0;
    for (slot id = 500; id < 1000; ++id) {
        const auto earlier = [&](slot other) { return other < id; };
        const neighbor best = graph.ranking(points[id], earlier).front();
        linked += graph.nodes.links(id).contains(best.id) ? 1u : 0u;
    }
    EXPECT_GT(linked, 400u) << "later nodes may have pushed a few out";
}

TEST(insert_node, leaves_no_trace_of_a_node_that_was_not_claimed) {
    l2_graph graph(4, 4);
    const support::matrix<float> points = support::grid_points(301, 4, 64);
    graph.insert({.rows = 300, .dim = 4, .values = {points.values.begin(), points.values.begin() + 1200}});
    const auto links_now = [&] {
        std::vector<std::vector<slot>> all;
        for (slot id = 0; id < 300; ++id) {
            for (unsigned level = 0; level <= graph.nodes.at(id).level; ++level) {
                graph.nodes.links(id, level).each([&](slot other) { all.emplace_back(std::vector<slot>{id, level, other}); });
            }
        }
        return all;
    };
    const auto before = links_now();
    const sextant::entry_point entry = graph.nodes.entry();

    const slot id = graph.nodes.allocate();
    graph.codec.encode(points[300], graph.nodes.code(id));
    EXPECT_FALSE(graph.insert_at(id, 40, [] { return false; }));
    EXPECT_THROW(graph.insert_at(id, 40, []() -> bool { throw std::runtime_error("no"); }), std::runtime_error);
    EXPECT_TRUE(graph.nodes.at(id).is(sextant::node_state::vacant));
    EXPECT_EQ(links_now(), before);
    EXPECT_EQ(graph.nodes.entry().id, entry.id);
    graph.nodes.release(id);
    support::expect_sound(graph.nodes);

    EXPECT_EQ(graph.insert(points[300]), id) << "its slot is used again";
    support::expect_sound(graph.nodes);
}

TEST(insert_node, asks_for_the_claim_once_and_before_anybody_knows_the_node) {
    l2_graph graph(4, 4);
    const support::matrix<float> points = support::grid_points(100, 4, 65);
    for (std::size_t row = 0; row < points.rows; ++row) {
        const slot id = graph.nodes.allocate();
        graph.codec.encode(points[row], graph.nodes.code(id));
        int asked = 0;
        graph.insert_at(id, 40, [&] {
            ++asked;
            EXPECT_TRUE(graph.nodes.at(id).is(sextant::node_state::vacant));
            for (slot other = 0; other < id; ++other) EXPECT_FALSE(graph.nodes.links(other).contains(id));
            return true;
        });
        ASSERT_EQ(asked, 1);
        ASSERT_TRUE(graph.nodes.at(id).is(sextant::node_state::live));
    }
}

}  // namespace insert_test
