#include <sextant/build/rebuild_anchors.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace rebuild_anchors_test {

using sextant::no_slot;
using sextant::slot;
using support::l2_graph;

/// Parents and counts that mean nothing.
void confuse_anchors(sextant::graph& nodes, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (slot id = 0; id < nodes.end(); ++id) {
        nodes.at(id).parent = static_cast<slot>(random() % (nodes.end() + 5));
        nodes.at(id).children = static_cast<std::uint8_t>(random());
    }
}

std::size_t count_links(const sextant::graph& nodes) {
    std::size_t links = 0;
    for (slot id = 0; id < nodes.end(); ++id) links += nodes.links(id).size();
    return links;
}

TEST(rebuilding_anchors, of_nothing_does_nothing) {
    l2_graph graph(4);
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 20), 0u);
}

TEST(rebuilding_anchors, of_one_node_makes_it_the_root) {
    l2_graph graph(4);
    graph.insert(support::identical_points(1, 4));
    confuse_anchors(graph.nodes, 1);
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 20), 0u);
    support::expect_sound(graph.nodes);
}

TEST(rebuilding_anchors, finds_a_tree_in_the_links_of_any_graph) {
    for (const std::size_t degree : {2u, 3u, 16u}) {
        SCOPED_TRACE("degree " + std::to_string(degree));
        for (const auto& points : {support::clustered_points(1500, 8, 301), support::identical_points(1500, 8),
                                   support::collinear_points(1500, 8), support::grid_points(1500, 8, 302, 2)}) {
            l2_graph graph(8, degree);
            graph.insert(points, 30);
            const std::size_t links = count_links(graph.nodes);
            confuse_anchors(graph.nodes, 2);
            EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 30), 0u) << "every node was in reach";
            ASSERT_NO_FATAL_FAILURE(support::expect_sound(graph.nodes));
            EXPECT_GT(count_links(graph.nodes), links * 9 / 10) << "most links stay";
        }
    }
}

/// A list is pinned up to degree + 1 of its links; here every node but one is in the list of a single one.
TEST(rebuilding_anchors, hangs_nodes_elsewhere_where_all_come_from_one) {
    l2_graph graph(2, 8);
    const auto points = support::clustered_points(17, 2, 303);
    for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
    for (slot id = 1; id < 17; ++id) graph.link(0, id);
    graph.nodes.replace_entry(graph.nodes.entry(), {0, 0});
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 20), 0u);
    support::expect_sound(graph.nodes);
    EXPECT_EQ(graph.nodes.at(0).children, 8u);
}

TEST(rebuilding_anchors, follows_links_that_nobody_returns) {
    l2_graph graph(2, 4);
    const auto points = support::collinear_points(300, 2);
    for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
    for (slot id = 1; id < 300; ++id) graph.link(id - 1, id);
    graph.nodes.replace_entry(graph.nodes.entry(), {0, 0});
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 20), 0u);
    support::expect_sound(graph.nodes);
    for (slot id = 1; id < 300; ++id) ASSERT_EQ(graph.nodes.at(id).parent, id - 1);
}

TEST(rebuilding_anchors, prefers_links_that_go_both_ways) {
    l2_graph graph(2, 4);
    const auto points = support::collinear_points(3, 2);
    for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
    for (const auto& [from, to] : {std::pair<slot, slot>{0, 2}, {0, 1}, {1, 0}, {1, 2}, {2, 1}}) graph.link(from, to);
    graph.nodes.replace_entry(graph.nodes.entry(), {0, graph.nodes.at(0).level});
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 20), 0u);
    EXPECT_EQ(graph.nodes.at(2).parent, 1u) << "no list had to change";
    EXPECT_EQ(graph.nodes.links(2).size(), 1u);
}

TEST(rebuilding_anchors, links_in_whom_nobody_leads_to) {
    for (const std::size_t degree : {2u, 8u}) {
        l2_graph graph(8, degree);
        const auto points = support::clustered_points(800, 8, 304);
        for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
        graph.nodes.replace_entry(graph.nodes.entry(), {5, graph.nodes.at(5).level});
        for (slot id = 0; id < 800; ++id) graph.nodes.at(id).level = 0;
        graph.nodes.replace_entry(graph.nodes.entry(), {5, 0});
        EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 40), 799u) << "no node had a link";
        ASSERT_NO_FATAL_FAILURE(support::expect_sound(graph.nodes));
    }
}

TEST(rebuilding_anchors, links_in_every_node_of_a_crowd_that_is_cut_off) {
    l2_graph graph(8, 8);
    const auto points = support::clustered_points(1000, 8, 305);
    graph.insert(points, 60);
    // Nothing leads from the even slots to the odd ones any more, or back.
    for (slot id = 0; id < 1000; ++id) {
        std::vector<sextant::neighbor> kept;
        graph.nodes.links(id).each([&](slot other) {
            if (other % 2 == id % 2) kept.push_back({0.0f, other});
        });
        graph.nodes.links(id).assign(kept);
    }
    std::size_t even = 0;
    for (const slot id : sextant::unreachable(graph.nodes)) even += id % 2 == graph.nodes.entry().id % 2 ? 1u : 0u;
    EXPECT_EQ(sextant::rebuild_anchors(graph.nodes, graph.codec, 60), 500u + even);
    support::expect_sound(graph.nodes);
    std::size_t across = 0;
    for (slot id = 0; id < 1000; ++id) {
        bool knows_other_side = false;
        graph.nodes.links(id).each([&](slot other) { knows_other_side = knows_other_side || other % 2 != id % 2; });
        across += knows_other_side ? 1u : 0u;
    }
    EXPECT_GT(across, 800u) << "two halves must not hang together by a thread";
}

TEST(rebuilding_anchors, serves_nodes_that_come_later) {
    l2_graph graph(8, 3);
    const auto points = support::clustered_points(1000, 8, 306);
    for (std::size_t row = 0; row < 500; ++row) graph.insert(points[row]);
    confuse_anchors(graph.nodes, 3);
    sextant::rebuild_anchors(graph.nodes, graph.codec, 30);
    for (std::size_t row = 500; row < 1000; ++row) graph.insert(points[row]);
    support::expect_sound(graph.nodes);
}

}  // namespace rebuild_anchors_test
