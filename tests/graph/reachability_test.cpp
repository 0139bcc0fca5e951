#include <sextant/graph/reachability.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace reachability_test {

using sextant::graph;
using sextant::slot;
using sextant::unreachable;

constexpr std::size_t degree = 4;
constexpr std::size_t code_bytes = 4;

/// A graph with links drawn by hand. It cannot be returned, since a graph never moves.
struct drawing {
    graph nodes{code_bytes, degree, 1};

    drawing(std::size_t count, const std::vector<std::pair<slot, slot>>& links) {
        for (std::size_t i = 0; i < count; ++i) nodes.at(nodes.allocate()).state = sextant::node_state::live;
        for (const auto& [from, to] : links) nodes.links(from).append(nodes.links(from).size(), to);
    }

    void enter_at(slot id) {
        nodes.raise_entry(id);
        ASSERT_EQ(nodes.entry().id, id);
    }
};

TEST(reachability, of_an_empty_graph_is_complete) {
    const graph nodes(code_bytes, degree, 1);
    EXPECT_EQ(unreachable(nodes), std::vector<slot>{});
}

TEST(reachability, of_one_node_is_complete) {
    drawing d(1, {});
    d.enter_at(0);
    EXPECT_EQ(unreachable(d.nodes), std::vector<slot>{});
}

TEST(reachability, without_an_entry_point_misses_every_node) {
    const drawing d(3, {{0, 1}, {1, 2}});
    EXPECT_EQ(unreachable(d.nodes), (std::vector<slot>{0, 1, 2}));
}

TEST(reachability, follows_chains_and_loops) {
    drawing d(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}, {2, 2}});
    d.enter_at(0);
    EXPECT_EQ(unreachable(d.nodes), std::vector<slot>{});
}

TEST(reachability, names_the_nodes_that_nobody_points_at) {
    drawing d(5, {{0, 1}, {1, 0}, {2, 0}, {3, 4}, {4, 3}});
    d.enter_at(0);
    EXPECT_EQ(unreachable(d.nodes), (std::vector<slot>{2, 3, 4}));
}

TEST(reachability, follows_links_in_their_direction_only) {
    drawing d(3, {{1, 0}, {2, 1}});
    d.enter_at(0);
    EXPECT_EQ(unreachable(d.nodes), (std::vector<slot>{1, 2}));
}

TEST(reachability, does_not_ask_for_nodes_that_are_not_live) {
    drawing d(3, {{0, 1}});
    d.enter_at(0);
    d.nodes.at(2).state = sextant::node_state::dead;
    EXPECT_EQ(unreachable(d.nodes), std::vector<slot>{});
}

TEST(reachability, walks_through_nodes_that_are_not_live) {
    drawing d(3, {{0, 1}, {1, 2}});
    d.enter_at(0);
    d.nodes.at(1).state = sextant::node_state::dead;
    EXPECT_EQ(unreachable(d.nodes), std::vector<slot>{});
}

TEST(reachability, ignores_links_of_upper_levels) {
    graph nodes(code_bytes, 2, 1);
    std::vector<slot> high;  // two nodes that have a level 1
    while (high.size() < 2) {
        const slot id = nodes.allocate();
        if (nodes.at(id).level > 0) high.push_back(id);
    }
    for (const slot id : high) nodes.at(id).state = sextant::node_state::live;
    nodes.raise_entry(high[0]);
    nodes.links(high[0], 1).append(0, high[1]);
    EXPECT_EQ(unreachable(nodes), std::vector<slot>{high[1]});
    nodes.links(high[0], 0).append(0, high[1]);
    EXPECT_EQ(unreachable(nodes), std::vector<slot>{});
}

}  // namespace reachability_test
