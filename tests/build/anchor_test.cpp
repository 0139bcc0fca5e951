#include <sextant/build/anchor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace anchor_test {

using sextant::no_slot;
using sextant::slot;
using support::l2_graph;

/// A node without links, but linked as a child of `parent` if there is one.
slot add_child(l2_graph& graph, slot parent) {
    const float x = 0.0f;
    const slot id = graph.add({&x, 1});
    if (parent != no_slot) {
        EXPECT_TRUE(sextant::adopt(graph.nodes, parent, id));
        graph.link(parent, id);
        graph.link(id, parent);
    }
    return id;
}

TEST(anchor, is_a_link_between_parent_and_child_in_both_directions) {
    l2_graph graph(1);
    const slot root = add_child(graph, no_slot);
    const slot child = add_child(graph, root);
    const slot other = add_child(graph, root);
    EXPECT_TRUE(sextant::is_anchor(graph.nodes, root, child));
    EXPECT_TRUE(sextant::is_anchor(graph.nodes, child, root));
    EXPECT_FALSE(sextant::is_anchor(graph.nodes, child, other));
    EXPECT_FALSE(sextant::is_anchor(graph.nodes, root, root));
}

TEST(anchor, a_node_adopts_as_many_as_the_degree) {
    for (const std::size_t degree : {2u, 5u, 16u}) {
        l2_graph graph(1, degree);
        const slot root = add_child(graph, no_slot);
        for (std::size_t i = 0; i < degree; ++i) add_child(graph, root);
        const slot late = add_child(graph, no_slot);
        EXPECT_FALSE(sextant::adopt(graph.nodes, root, late));
        EXPECT_EQ(graph.nodes.at(late).parent, no_slot);
        EXPECT_EQ(graph.nodes.at(root).children, degree);
    }
}

TEST(anchor, a_count_of_children_does_not_overflow_at_a_huge_degree) {
    l2_graph graph(1, 512);
    const slot root = add_child(graph, no_slot);
    std::size_t adopted = 0;
    for (int i = 0; i < 600; ++i) adopted += sextant::adopt(graph.nodes, root, add_child(graph, no_slot)) ? 1u : 0u;
    EXPECT_EQ(adopted, graph.nodes.at(root).children);
    EXPECT_GE(adopted, 128u);
    EXPECT_LE(adopted, 512u);
}

TEST(anchor, the_nearest_link_with_room_adopts) {
    l2_graph graph(1, 2);
    const slot full = add_child(graph, no_slot);
    add_child(graph, full);
    add_child(graph, full);
    const slot free = add_child(graph, no_slot);
    const slot id = add_child(graph, no_slot);
    graph.link(id, full);
    graph.link(id, free);
    EXPECT_EQ(sextant::adopt_by_nearest(graph.nodes, id), free);
    EXPECT_EQ(graph.nodes.at(id).parent, free);

    const slot another = add_child(graph, no_slot);
    graph.link(another, full);
    EXPECT_EQ(sextant::adopt_by_nearest(graph.nodes, another), no_slot);
    EXPECT_EQ(graph.nodes.at(another).parent, no_slot);
}

TEST(anchor, below_a_full_node_there_is_always_room) {
    l2_graph graph(1, 2);
    const slot root = add_child(graph, no_slot);
    for (int i = 0; i < 200; ++i) {
        const slot id = add_child(graph, no_slot);
        const slot parent = sextant::adopt_by_descendant(graph.nodes, id, root);
        ASSERT_EQ(graph.nodes.at(id).parent, parent);
        ASSERT_LE(graph.nodes.at(parent).children, 2u);
        graph.link(parent, id);
        graph.link(id, parent);
    }
    graph.nodes.at(root).parent = sextant::tree_root;
    graph.nodes.raise_entry(root);
    support::expect_sound(graph.nodes);
}

TEST(anchor, a_way_down_ends_at_a_full_node_whose_children_are_still_on_their_way) {
    l2_graph graph(1, 2);
    const float x = 0.0f;
    const slot root = graph.add({&x, 1});
    const slot one = graph.add({&x, 1});
    const slot two = graph.add({&x, 1});
    const slot late = graph.add({&x, 1});
    ASSERT_TRUE(sextant::adopt(graph.nodes, root, one));
    ASSERT_TRUE(sextant::adopt(graph.nodes, root, two));
    EXPECT_EQ(sextant::adopt_by_descendant(graph.nodes, late, root), no_slot);
    graph.link(root, two);
    EXPECT_EQ(sextant::adopt_by_descendant(graph.nodes, late, root), two);
}

TEST(anchor, a_way_down_ends_at_a_dead_node) {
    l2_graph graph(1, 2);
    const slot root = add_child(graph, no_slot);
    const slot dead = add_child(graph, root);
    const slot late = add_child(graph, no_slot);
    graph.nodes.at(root).children = 2;
    graph.nodes.at(dead).state = sextant::node_state::dead;
    EXPECT_EQ(sextant::adopt_by_descendant(graph.nodes, late, root), no_slot);
}

struct insertion_case {
    std::string name;
    support::matrix<float> points;
    std::size_t degree;
    std::size_t ef_construction;

    friend std::ostream& operator<<(std::ostream& out, const insertion_case& c) {
        return out << c.name << ", degree " << c.degree << ", ef_construction " << c.ef_construction;
    }
};

/// Two crowds far apart, one after the other: the hard case for a graph of nearest neighbours.
support::matrix<float> two_crowds(std::size_t count, std::size_t dim) {
    support::matrix<float> points = support::clustered_points(count, dim, 71);
    for (std::size_t i = count / 2 * dim; i < points.values.size(); ++i) points.values[i] += 1000.0f;
    return points;
}

/// Every row nearer to the origin than all before it.
support::matrix<float> approaching_points(std::size_t count, std::size_t dim) {
    support::matrix<float> points = support::clustered_points(count, dim, 72);
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < dim; ++i) points.values[row * dim + i] *= 2.0f - static_cast<float>(row) / static_cast<float>(count);
    }
    return points;
}

std::vector<insertion_case> insertion_cases() {
    std::vector<insertion_case> cases;
    for (const std::size_t degree : {2u, 3u, 8u}) {
        for (const std::size_t ef : {1u, 20u}) {
            cases.push_back({"identical", support::identical_points(700, 4), degree, ef});
            cases.push_back({"collinear", support::collinear_points(700, 4), degree, ef});
            cases.push_back({"grid", support::grid_points(700, 2, 73, 2), degree, ef});
            cases.push_back({"clustered", support::clustered_points(700, 16, 74), degree, ef});
            cases.push_back({"two_crowds", two_crowds(700, 8), degree, ef});
            cases.push_back({"approaching", approaching_points(700, 8), degree, ef});
        }
    }
    return cases;
}

TEST(anchors, keep_every_node_in_reach_after_every_single_insertion) {
    for (const insertion_case& c : insertion_cases()) {
        SCOPED_TRACE(testing::PrintToString(c));
        l2_graph graph(c.points.dim, c.degree);
        for (std::size_t row = 0; row < c.points.rows; ++row) {
            graph.insert(c.points[row], c.ef_construction);
            if (row < 40 || row % 50 == 0) {
                ASSERT_NO_FATAL_FAILURE(support::expect_sound(graph.nodes)) << "after row " << row;
            }
        }
        ASSERT_NO_FATAL_FAILURE(support::expect_sound(graph.nodes));
    }
}

/// How many parents lie between the root and the node farthest from it.
std::size_t deepest(const sextant::graph& nodes) {
    std::size_t most = 0;
    for (slot id = 0; id < nodes.end(); ++id) {
        std::size_t depth = 0;
        for (slot at = nodes.at(id).parent; at < sextant::tree_root; at = nodes.at(at).parent) ++depth;
        most = std::max(most, depth);
    }
    return most;
}

// Each copy looks for a parent from the same few nodes down, so that a deep tree makes inserting copies quadratic.
TEST(anchors, keep_thousands_of_copies_of_one_vector_in_reach_without_a_long_way_down) {
    for (const std::size_t degree : {2u, 16u}) {
        l2_graph graph(4, degree);
        graph.insert(support::identical_points(5000, 4), 30);
        support::expect_sound(graph.nodes);
        EXPECT_LT(deepest(graph.nodes), 50u) << "degree " << degree;
    }
}

TEST(anchors, keep_a_long_line_in_reach) {
    for (const std::size_t degree : {2u, 16u}) {
        l2_graph graph(2, degree);
        graph.insert(support::collinear_points(5000, 2), 30);
        support::expect_sound(graph.nodes);
    }
}

}  // namespace anchor_test
