#include <sextant/build/mend.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "index/support/test_graph.hpp"

namespace mend_test {

using sextant::node_state;
using sextant::slot;
using support::l2_graph;

class mending : public testing::Test {
protected:
    mending() { space_.reserve(sextant::mending_room(graph_.nodes) + 1, graph_.nodes.capacity(0), graph_.codec.query_bytes()); }

    slot at(float x, float y = 0.0f) {
        const float point[] = {x, y};
        return graph_.add(point);
    }

    void kill(slot id) { graph_.nodes.at(id).state = node_state::dead; }
    bool mend(slot id) { return sextant::mend_links(graph_.nodes, graph_.codec, id, 0, space_); }

    std::set<slot> links(slot id) {
        std::set<slot> ids;
        graph_.nodes.links(id).each([&](slot other) { EXPECT_TRUE(ids.insert(other).second) << "twice"; });
        return ids;
    }

    l2_graph graph_{2, 4};
    sextant::selection_space space_;
};

TEST_F(mending, leaves_a_list_of_the_living_as_it_is) {
    const slot a = at(0), b = at(1), c = at(2);
    graph_.link(a, c);
    graph_.link(a, b);
    EXPECT_FALSE(mend(a));
    std::vector<slot> order;
    graph_.nodes.links(a).each([&](slot id) { order.push_back(id); });
    EXPECT_EQ(order, (std::vector<slot>{c, b}));
}

TEST_F(mending, links_to_what_lay_beyond_the_dead) {
    const slot a = at(0), dead = at(1), beyond = at(2), farther = at(5);
    graph_.link(a, dead);
    graph_.link(dead, farther);
    graph_.link(dead, beyond);
    graph_.link(dead, a);
    kill(dead);
    EXPECT_TRUE(mend(a));
    EXPECT_EQ(links(a), std::set<slot>{beyond}) << "one was lost, one is gained: the nearest";
}

TEST_F(mending, prefers_what_no_nearer_neighbour_covers) {
    const slot a = at(0), dead = at(1), left = at(-1);
    const slot covered = at(-1.5f), open = at(3);  // `left` is nearer to `covered` than a is, though a is nearer to it than to `open`
    graph_.link(a, left);
    graph_.link(a, dead);
    graph_.link(dead, covered);
    graph_.link(dead, open);
    kill(dead);
    mend(a);
    EXPECT_EQ(links(a), (std::set<slot>{left, open}));
}

TEST_F(mending, takes_the_nearest_of_the_covered_where_there_is_nothing_else) {
    const slot a = at(0), dead = at(1), left = at(-1), covered = at(-1.5f), other = at(-2);
    graph_.link(a, left);
    graph_.link(a, dead);
    graph_.link(dead, other);
    graph_.link(dead, covered);
    kill(dead);
    mend(a);
    EXPECT_EQ(links(a), (std::set<slot>{left, covered}));
}

TEST_F(mending, takes_all_that_nothing_nearer_covers_while_there_is_room) {
    const slot a = at(0), dead = at(1);
    const slot right = at(2), left = at(-2), up = at(0, 3), covered = at(2.5f);
    for (const slot beyond : {right, left, up, covered}) graph_.link(dead, beyond);
    graph_.link(a, dead);
    kill(dead);
    mend(a);
    EXPECT_EQ(links(a), (std::set<slot>{right, left, up})) << "one was lost, three lie in different directions";
}

TEST_F(mending, never_links_to_the_dead_itself_or_twice) {
    const slot a = at(0), dead = at(1), dead_too = at(2), b = at(3);
    for (const slot d : {dead, dead_too}) {
        graph_.link(a, d);
        graph_.link(d, a);
        graph_.link(d, b);
    }
    graph_.link(dead, dead_too);
    graph_.link(dead_too, dead);
    graph_.link(a, b);
    kill(dead);
    kill(dead_too);
    mend(a);
    EXPECT_EQ(links(a), std::set<slot>{b});
}

TEST_F(mending, keeps_at_most_what_there_was_of_a_full_list) {
    const slot a = at(0);
    std::vector<slot> all;
    for (int i = 0; i < 8; ++i) {
        all.push_back(at(static_cast<float>(i + 1), static_cast<float>(i % 3)));
        graph_.link(a, all.back());
    }
    for (int i = 0; i < 8; ++i) {
        for (int j = 0; j < 8; ++j) graph_.link(all[static_cast<std::size_t>(i)], at(static_cast<float>(i), static_cast<float>(j) + 4.0f));
    }
    for (std::size_t i = 0; i < 8; i += 2) kill(all[i]);
    mend(a);
    EXPECT_EQ(links(a).size(), 8u);
    for (std::size_t i = 1; i < 8; i += 2) EXPECT_TRUE(links(a).contains(all[i]));
    EXPECT_FALSE(mend(a)) << "a second time";
}

TEST_F(mending, of_a_dead_node_only_drops) {
    const slot a = at(0), dead = at(1), b = at(2);
    graph_.link(a, dead);
    graph_.link(a, b);
    graph_.link(dead, at(3));
    kill(a);
    kill(dead);
    sextant::drop_dead_links(graph_.nodes, a, 0, space_);
    EXPECT_EQ(links(a), std::set<slot>{b});
}

}  // namespace mend_test
