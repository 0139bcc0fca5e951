#include <sextant/build/settle.hpp>

#include <gtest/gtest.h>

#include <cstddef>

#include "index/support/test_graph.hpp"

namespace settle_test {

using sextant::no_slot;
using sextant::node_state;
using sextant::slot;
using sextant::tree_root;
using support::l2_graph;

class settling : public testing::Test {
protected:
    settling() { space_.reserve(20, graph_.nodes.capacity(0), graph_.codec.query_bytes()); }

    slot add(slot parent) {
        const float x = static_cast<float>(graph_.nodes.end());
        const slot id = graph_.add({&x, 1});
        if (parent >= tree_root) {
            graph_.nodes.at(id).parent = parent;
        } else {
            EXPECT_TRUE(sextant::adopt(graph_.nodes, parent, id));
            graph_.link(parent, id);
            graph_.link(id, parent);
        }
        return id;
    }

    slot parent(slot id) { return graph_.nodes.at(id).parent; }

    void settle(slot id, slot near = no_slot) { sextant::settle(graph_.nodes, graph_.codec, id, near, space_); }

    void expect_tied(slot id) {
        EXPECT_TRUE(graph_.nodes.links(id).contains(parent(id)));
        EXPECT_TRUE(graph_.nodes.links(parent(id)).contains(id));
    }

    l2_graph graph_{1, 2};
    sextant::selection_space space_;
};

TEST_F(settling, makes_the_first_node_root_and_entry_point) {
    const slot id = add(no_slot);
    settle(id);
    EXPECT_EQ(parent(id), tree_root);
    EXPECT_EQ(graph_.nodes.entry().id, id);
}

TEST_F(settling, finds_a_parent_among_its_own_links) {
    const slot root = add(tree_root);
    const slot other = add(root);
    const slot id = add(no_slot);
    graph_.link(id, other);
    settle(id);
    EXPECT_EQ(parent(id), other);
    EXPECT_EQ(graph_.nodes.at(other).children, 1u);
    expect_tied(id);
}

TEST_F(settling, never_hangs_a_branch_on_itself) {
    const slot root = add(tree_root);
    const slot id = add(no_slot);
    const slot child = add(id);
    const slot grandchild = add(child);
    graph_.link(id, grandchild);
    settle(id);
    EXPECT_EQ(parent(id), root);
    expect_tied(id);
}

TEST_F(settling, passes_by_the_dead_and_those_without_a_place) {
    const slot root = add(tree_root);
    const slot dead = add(root);
    const slot homeless = add(no_slot);
    const slot id = add(no_slot);
    graph_.link(id, dead);
    graph_.link(id, homeless);
    graph_.nodes.at(dead).state = node_state::dead;
    settle(id);
    EXPECT_EQ(parent(id), root);
}

TEST_F(settling, goes_below_a_neighbour_that_is_full) {
    const slot root = add(tree_root);
    const slot one = add(root);
    const slot two = add(root);
    const slot id = add(no_slot);
    graph_.link(id, root);
    settle(id);
    EXPECT_TRUE(parent(id) == one || parent(id) == two);
    expect_tied(id);
}

TEST_F(settling, looks_near_where_its_own_links_do_not_help) {
    const slot root = add(tree_root);
    const slot near = add(root);
    const slot id = add(no_slot);
    settle(id, near);
    EXPECT_EQ(parent(id), near);
}

TEST_F(settling, does_not_walk_up_a_long_line_from_each_of_its_nodes) {
    // A line of 200,000, each the child of the one before: walking up from all would take 2·10^10 steps.
    slot last = add(no_slot);
    const slot head = last;
    for (int i = 1; i < 200'000; ++i) last = add(last);
    settle(head);
    EXPECT_EQ(parent(head), tree_root);
    const slot late = add(no_slot);
    settle(late);
    EXPECT_EQ(parent(late), head);
}

TEST_F(settling, takes_the_place_of_a_dying_child_where_nobody_else_has_room) {
    const slot root = add(tree_root);
    const slot dying[] = {add(root), add(root)};
    const slot orphan = add(dying[0]);
    for (const slot id : dying) graph_.nodes.at(id).state = node_state::dead;
    graph_.nodes.at(orphan).state = node_state::dead;
    const slot id = add(no_slot);
    settle(id);
    EXPECT_EQ(parent(id), root) << "and not another root";
    EXPECT_EQ(graph_.nodes.at(root).children, 2u);
    expect_tied(id);
    EXPECT_EQ(parent(orphan), dying[0]) << "a dead parent has no place to give";
    EXPECT_TRUE((parent(dying[0]) == no_slot) != (parent(dying[1]) == no_slot)) << "one made room";
}

TEST_F(settling, makes_the_root_of_the_last_branch_the_root_of_all) {
    const slot id = add(no_slot);
    const slot child = add(id);
    graph_.nodes.raise_entry(child);
    settle(id);
    EXPECT_EQ(parent(id), tree_root);
    EXPECT_EQ(graph_.nodes.entry().id, child) << "there was one";
}

TEST_F(settling, moves_who_was_tied_to_a_node_that_died_meanwhile) {
    const slot root = add(tree_root);
    const slot dead = add(root);
    const slot id = add(dead);
    const slot content = add(root);
    sextant::settle_if_homeless(graph_.nodes, graph_.codec, content, space_);
    EXPECT_EQ(parent(content), root);
    graph_.nodes.at(dead).state = node_state::dead;
    sextant::settle_if_homeless(graph_.nodes, graph_.codec, id, space_);
    EXPECT_NE(parent(id), dead);
    EXPECT_TRUE(sextant::hangs_from(graph_.nodes, id, root));
    expect_tied(id);
}

}  // namespace settle_test
