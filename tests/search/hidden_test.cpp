#include <sextant/search/hidden.hpp>
#include <sextant/search/nearest.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <span>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace hidden_test {

using sextant::node_state;
using sextant::slot;
using support::l2_graph;

class hidden : public testing::Test {
protected:
    hidden() { graph_.insert(support::grid_points(60, 2, 91)); }

    void kill(slot id) {
        graph_.nodes.hide_one();
        graph_.nodes.kill(id);
    }

    /// What the beam holds, all of it pushed in slot order and one half expanded.
    sextant::beam all() {
        sextant::beam found;
        found.reset(60);
        for (slot id = 0; id < 60; ++id) found.push(static_cast<float>(id), id);
        for (int i = 0; i < 30; ++i) found.pop();
        return found;
    }

    std::vector<slot> left(sextant::beam found) {
        sextant::drop_hidden(graph_.nodes, found);
        std::vector<slot> ids;
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].distance, static_cast<float>(found[i].id));
            ids.push_back(found[i].id);
        }
        return ids;
    }

    l2_graph graph_{2, 4};
};

TEST_F(hidden, nodes_are_dropped_and_the_others_keep_their_order) {
    kill(0);
    kill(31);
    kill(59);
    std::vector<slot> expected;
    for (slot id = 0; id < 60; ++id) {
        if (id != 0 && id != 31 && id != 59) expected.push_back(id);
    }
    EXPECT_EQ(left(all()), expected);
}

TEST_F(hidden, are_those_that_wait_to_replace_another_until_they_do) {
    graph_.nodes.hide_one();
    graph_.nodes.at(5).state = node_state::pending;
    EXPECT_EQ(left(all()).size(), 59u);
    EXPECT_TRUE(sextant::may_be_answer(graph_.nodes, 5));
    graph_.nodes.replace(6, 5);
    const std::vector<slot> now = left(all());
    const std::set<slot> ids(now.begin(), now.end());
    EXPECT_TRUE(ids.contains(5));
    EXPECT_FALSE(ids.contains(6));
    EXPECT_FALSE(sextant::may_be_answer(graph_.nodes, 6));
}

TEST_F(hidden, none_cost_nothing_and_drop_nothing) {
    EXPECT_EQ(sextant::room_for_hidden(graph_.nodes), 0u);
    EXPECT_EQ(left(all()).size(), 60u);
}

TEST_F(hidden, nodes_make_a_search_look_again_until_it_has_k) {
    sextant::search_scratch scratch;
    for (slot id = 0; id < 50; ++id) kill(id);  // and nobody repairs the graph
    const std::vector<float> query{0.0f, 0.0f};
    const sextant::stop_condition never;
    const sextant::search_plan plan{.k = 10, .ef = 10, .rescored = 0, .stop = never};
    const auto found = sextant::nearest(graph_.nodes, graph_.codec, std::span<const float>(query), plan, sextant::all_allowed{},
                                        scratch, sextant::no_tracker{});
    EXPECT_EQ(found.size(), 10u);
    for (const sextant::neighbor& n : found) EXPECT_GE(n.id, 50u);
    const auto exact = sextant::nearest_exact(graph_.nodes, graph_.codec, std::span<const float>(query), 10,
                                              [](slot) { return true; }, scratch, sextant::no_tracker{}, never);
    EXPECT_EQ(exact.size(), 10u);
    for (const sextant::neighbor& n : exact) EXPECT_GE(n.id, 50u);
}

}  // namespace hidden_test
