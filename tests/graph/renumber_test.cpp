#include <sextant/graph/renumber.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace renumber_test {

using sextant::node_state;
using sextant::slot;
using support::l2_graph;

std::set<slot> links(const sextant::graph& nodes, slot id, unsigned level) {
    std::set<slot> ids;
    nodes.links(id, level).each([&](slot other) { ids.insert(other); });
    return ids;
}

class renumbering : public testing::TestWithParam<std::vector<slot> (*)(const sextant::graph&)> {};

TEST_P(renumbering, keeps_codes_levels_and_links_under_other_numbers) {
    l2_graph graph(2, 4);
    const auto points = support::grid_points(500, 2, 81);
    graph.insert(points);
    const std::vector<slot> order = GetParam()(graph.nodes);
    ASSERT_EQ(order.size(), 500u);

    sextant::graph copy(graph.codec.code_bytes(), 4, 9);
    sextant::copy_renumbered(graph.nodes, order, copy, graph.codec.code_bytes(), 0);
    support::expect_sound(copy);
    ASSERT_EQ(copy.end(), 500u);
    EXPECT_EQ(order[copy.entry().id], graph.nodes.entry().id);
    EXPECT_EQ(copy.entry().level, graph.nodes.entry().level);
    for (slot fresh = 0; fresh < 500; ++fresh) {
        const slot old = order[fresh];
        ASSERT_TRUE(std::equal(copy.code(fresh), copy.code(fresh) + graph.codec.code_bytes(), graph.nodes.code(old)));
        ASSERT_EQ(copy.at(fresh).level, graph.nodes.at(old).level);
        for (unsigned level = 0; level <= copy.at(fresh).level; ++level) {
            std::set<slot> back;
            for (const slot other : links(copy, fresh, level)) back.insert(order[other]);
            ASSERT_EQ(back, links(graph.nodes, old, level));
        }
    }
}

TEST_P(renumbering, leaves_out_the_dead_and_the_free) {
    l2_graph graph(2, 4);
    graph.insert(support::grid_points(50, 2, 82));
    graph.nodes.at(7).state = node_state::dead;
    const slot vacant = graph.nodes.allocate();
    const std::vector<slot> order = GetParam()(graph.nodes);
    EXPECT_EQ(order.size(), 49u);
    EXPECT_EQ(std::count(order.begin(), order.end(), slot{7}), 0);
    EXPECT_EQ(std::count(order.begin(), order.end(), vacant), 0);
}

INSTANTIATE_TEST_SUITE_P(orders, renumbering, testing::Values(sextant::live_slots, sextant::slots_by_locality));

TEST(slots_by_locality, begins_at_the_entry_point_with_its_neighbours) {
    l2_graph graph(2, 4);
    graph.insert(support::grid_points(100, 2, 83));
    const std::vector<slot> order = sextant::slots_by_locality(graph.nodes);
    ASSERT_EQ(order[0], graph.nodes.entry().id);
    const std::set<slot> first = links(graph.nodes, order[0], 0);
    EXPECT_EQ(std::set<slot>(order.begin() + 1, order.begin() + 1 + static_cast<std::ptrdiff_t>(first.size())), first);
}

}  // namespace renumber_test
