#include <sextant/build/entry.hpp>

#include <gtest/gtest.h>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace entry_test {

using sextant::slot;
using support::l2_graph;

class entry : public testing::Test {
protected:
    entry() { graph_.insert(support::grid_points(60, 3, 74)); }

    /// As at the moment when the entry point was erased and no other is found yet.
    void have_none() { graph_.nodes.replace_entry(graph_.nodes.entry(), {}); }

    l2_graph graph_{3, 2, 7};
};

TEST_F(entry, is_raised_to_a_node_that_is_live) {
    have_none();
    sextant::raise_known_entry(graph_.nodes, 5);
    EXPECT_EQ(graph_.nodes.entry().id, 5u);
    EXPECT_EQ(graph_.nodes.entry().level, graph_.nodes.at(5).level);
}

TEST_F(entry, does_not_stay_at_a_node_that_was_erased_just_then) {
    have_none();
    graph_.nodes.kill(5);
    sextant::raise_known_entry(graph_.nodes, 5);
    ASSERT_TRUE(graph_.nodes.entry().exists());
    EXPECT_TRUE(graph_.nodes.at(graph_.nodes.entry().id).is(sextant::node_state::live));
}

TEST_F(entry, goes_to_the_highest_that_is_left) {
    for (std::size_t left = 60; left > 1; --left) {
        const slot old = graph_.nodes.entry().id;
        graph_.nodes.kill(old);
        sextant::leave_entry(graph_.nodes, old);
        EXPECT_TRUE(graph_.nodes.at(graph_.nodes.entry().id).is(sextant::node_state::live));
        EXPECT_EQ(graph_.nodes.entry().level, graph_.nodes.at(sextant::highest_live(graph_.nodes)).level) << left;
    }
}

TEST_F(entry, is_none_when_all_were_erased) {
    have_none();
    for (slot id = 0; id < 60; ++id) graph_.nodes.kill(id);
    sextant::raise_known_entry(graph_.nodes, 5);
    EXPECT_FALSE(graph_.nodes.entry().exists());
}

}  // namespace entry_test
