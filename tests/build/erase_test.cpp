#include <sextant/build/erase.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace erase_test {

using sextant::epochs;
using sextant::node_state;
using sextant::slot;
using support::l2_graph;

/// Erases as an index does, without its keys.
struct eraser {
    l2_graph& graph;
    sextant::erase_scratch scratch = {};

    explicit eraser(l2_graph& g) : graph(g) { scratch.reserve(g.nodes, g.codec.query_bytes()); }

    void operator()(slot id) {
        {
            const epochs::pin pinned;
            graph.nodes.hide_one();
            graph.nodes.kill(id);
            sextant::erase_node(graph.nodes, graph.codec, id, scratch);
        }
        reclaim();
    }

    void reclaim() { sextant::reclaim_some(graph.nodes, graph.codec, scratch.selection); }
};

std::vector<slot> live(const sextant::graph& nodes) {
    std::vector<slot> ids;
    for (slot id = 0; id < nodes.end(); ++id) {
        if (nodes.at(id).is(node_state::live)) ids.push_back(id);
    }
    return ids;
}

class erasing : public testing::TestWithParam<std::size_t> {};

TEST_P(erasing, leaves_the_graph_sound_after_every_node) {
    l2_graph graph(3, GetParam(), 7);
    graph.insert(support::grid_points(300, 3, 71));
    eraser erase(graph);
    std::mt19937 random(3);
    std::vector<slot> left = live(graph.nodes);
    std::shuffle(left.begin(), left.end(), random);
    for (; !left.empty(); left.pop_back()) {
        erase(left.back());
        ASSERT_EQ(live(graph.nodes).size(), left.size() - 1);
        support::expect_sound(graph.nodes);
        if (testing::Test::HasFatalFailure()) FAIL() << "with " << left.size() - 1 << " left";
    }
    EXPECT_FALSE(graph.nodes.entry().exists());
}

TEST_P(erasing, of_the_entry_point_finds_the_highest_that_is_left) {
    l2_graph graph(3, GetParam(), 7);
    graph.insert(support::grid_points(300, 3, 72));
    eraser erase(graph);
    for (std::size_t count = 300; count > 0; --count) {
        erase(graph.nodes.entry().id);
        unsigned highest = 0;
        for (const slot id : live(graph.nodes)) highest = std::max<unsigned>(highest, graph.nodes.at(id).level);
        if (count > 1) {
            ASSERT_EQ(graph.nodes.entry().level, highest);
            ASSERT_TRUE(graph.nodes.at(graph.nodes.entry().id).is(node_state::live));
        }
        support::expect_sound(graph.nodes);
    }
    EXPECT_FALSE(graph.nodes.entry().exists());
}

TEST_P(erasing, and_inserting_in_turn_keeps_the_graph_sound_and_its_size) {
    l2_graph graph(3, GetParam(), 7);
    const auto points = support::grid_points(4000, 3, 73);
    for (std::size_t row = 0; row < 400; ++row) graph.insert(points[row]);
    eraser erase(graph);
    std::mt19937 random(4);
    for (std::size_t row = 400; row < points.rows; ++row) {
        const std::vector<slot> all = live(graph.nodes);
        erase(all[random() % all.size()]);
        const epochs::pin pinned;
        graph.insert(points[row]);
        if (row % 100 == 0) support::expect_sound(graph.nodes);
    }
    EXPECT_EQ(live(graph.nodes).size(), 400u);
    EXPECT_LE(graph.nodes.end(), 440u) << "slots are used again";
}

INSTANTIATE_TEST_SUITE_P(degrees, erasing, testing::Values(2, 4, 16));

TEST(erase_node, of_many_equal_vectors_terminates_and_keeps_the_rest_in_reach) {
    l2_graph graph(1, 2);
    const float x = 1.0f;
    for (int i = 0; i < 400; ++i) graph.insert({&x, 1});
    eraser erase(graph);
    for (slot id = 0; id < 400; id += 2) {
        erase(id);
        support::expect_sound(graph.nodes);
    }
}

TEST(erase_node, of_several_at_once_leaves_one_root_whoever_comes_meanwhile) {
    // With two links for children, the root has no room for a newcomer while both of its children are dying.
    l2_graph graph(1, 2);
    for (const float x : {0.0f, 1.0f, -1.0f}) graph.insert({&x, 1});
    const slot root = 0;
    ASSERT_EQ(graph.nodes.at(root).children, 2u);
    eraser erase(graph);
    {
        const epochs::pin pinned;
        for (const slot id : {1u, 2u}) {
            graph.nodes.hide_one();
            graph.nodes.kill(id);
        }
        const float x = 5.0f;
        const slot late = graph.insert({&x, 1});
        EXPECT_EQ(graph.nodes.at(late).parent, root);
        for (const slot id : {1u, 2u}) sextant::erase_node(graph.nodes, graph.codec, id, erase.scratch);
    }
    erase.reclaim();
    support::expect_sound(graph.nodes);
    erase(root);
    support::expect_sound(graph.nodes);
}

/// A list that is chosen anew again and again, by which a link to a dead node moves to and fro in it, while it is swept.
TEST(sweep, finds_the_links_to_the_dead_in_a_list_that_is_chosen_anew_meanwhile) {
    constexpr std::size_t degree = 128;
    l2_graph graph(1, degree);
    const auto at = [&](float x) { return graph.add({&x, 1}); };
    const slot centre = at(0);
    const slot dead = at(1);
    std::vector<sextant::neighbor> far;
    while (far.size() < 2 * degree - 1) far.push_back({0.0f, at(static_cast<float>(2 + far.size() % 7))});
    far.push_back({0.0f, dead});
    std::vector<sextant::neighbor> near = far;
    std::rotate(near.begin(), near.end() - 1, near.end());
    sextant::selection_space space;
    space.reserve(sextant::mending_room(graph.nodes) + 1, graph.nodes.capacity(0), graph.codec.query_bytes());
    graph.nodes.hide_one();
    graph.nodes.kill(dead);
    std::atomic<bool> over = false;
    std::atomic<std::size_t> round = 0;
    std::thread chooser([&] {
        for (std::size_t seen = 0; !over;) {
            if (round == seen) continue;
            seen = round;
            for (int i = 0; i < 20; ++i) {
                const std::scoped_lock lock(graph.nodes.at(centre).lock);
                sextant::link_list list = graph.nodes.links(centre);
                if (list.contains(dead)) list.assign(i % 2 == 0 ? near : far);
            }
        }
    });
    std::size_t left = 0;
    for (; round < 3000; ++round) {
        {
            const std::scoped_lock lock(graph.nodes.at(centre).lock);
            graph.nodes.links(centre).assign(far);
        }
        sextant::sweep(graph.nodes, graph.codec, centre, centre + 1, space);
        left += graph.nodes.links(centre).contains(dead) ? 1u : 0u;
    }
    over = true;
    chooser.join();
    EXPECT_EQ(left, 0u);
}

TEST(reclaim_some, gives_slots_back_only_when_nothing_leads_to_them) {
    l2_graph graph(2, 4);
    graph.insert(support::grid_points(1000, 2, 74));
    eraser erase(graph);
    for (slot id = 0; id < 100; ++id) erase(id);
    for (int i = 0; i < 100; ++i) erase.reclaim();
    std::size_t freed = 0;
    for (slot id = 0; id < 100; ++id) freed += graph.nodes.at(id).is(node_state::vacant) ? 1u : 0u;
    EXPECT_GE(freed, 80u);
    EXPECT_EQ(graph.nodes.hidden(), 100u - freed);
    support::expect_sound(graph.nodes);  // no list leads to a free node
    std::set<slot> again;
    for (std::size_t i = 0; i < freed; ++i) again.insert(graph.nodes.allocate());
    EXPECT_EQ(again.size(), freed);
    EXPECT_LT(*again.rbegin(), 100u) << "before the graph grows";
    EXPECT_EQ(graph.nodes.allocate(), 1000u);
}

TEST(reclaim_some, waits_for_whoever_may_still_hold_a_node) {
    l2_graph graph(2, 4);
    graph.insert(support::grid_points(200, 2, 75));
    eraser erase(graph);
    {
        const epochs::pin reader;
        for (slot id = 0; id < 100; ++id) erase(id);
        for (int i = 0; i < 100; ++i) erase.reclaim();
        for (slot id = 0; id < 100; ++id) ASSERT_TRUE(graph.nodes.at(id).is(node_state::dead));
        EXPECT_EQ(graph.nodes.allocate(), 200u);
    }
    for (int i = 0; i < 100; ++i) erase.reclaim();
    EXPECT_LT(graph.nodes.hidden(), 10u);
    EXPECT_LT(graph.nodes.allocate(), 100u);
}

}  // namespace erase_test
