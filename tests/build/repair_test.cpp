#include <sextant/build/repair.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"
#include "support/faults.hpp"

namespace repair_test {

using sextant::no_slot;
using sextant::node_state;
using sextant::slot;
using support::l2_graph;

class repairing : public testing::Test {
protected:
    static constexpr std::size_t dim = 8;
    static constexpr slot count = 1500;
    support::matrix<float> points_ = support::clustered_points(count, dim, 311);
    l2_graph graph_{dim, 6};
    sextant::graph& nodes_ = graph_.nodes;

    void SetUp() override { graph_.insert(points_, 40); }

    sextant::repair_report repair() {
        const sextant::repair_report done = sextant::repair(nodes_, graph_.codec, 40);
        const auto report = sextant::validate(nodes_);
        EXPECT_TRUE(report.ok()) << to_string(report) << to_string(done);
        EXPECT_EQ(report.links_to_dead, 0u);
        return done;
    }

    bool sound() const { return sextant::validate(nodes_).ok(); }

    /// Of a hundred live nodes, how many searches for their own vectors find them.
    std::size_t found() {
        std::size_t hits = 0;
        for (slot id = 0; id < count; id += count / 100) {
            const auto score = graph_.scorer_of(points_[id]);
            const sextant::neighbor start =
                sextant::descend(nodes_, score, nodes_.entry(), 0, graph_.search, sextant::no_tracker{});
            sextant::beam_search(nodes_, score, start, 0, 40, graph_.search, sextant::no_tracker{});
            hits += graph_.search.candidates[0].distance == 0.0f ? 1u : 0u;
        }
        return hits;
    }
};

TEST_F(repairing, changes_nothing_that_is_sound_but_the_anchors) {
    std::vector<std::size_t> before;
    for (slot id = 0; id < count; ++id) before.push_back(nodes_.links(id).size());
    const auto done = repair();
    EXPECT_EQ(done.demoted, 0u);
    EXPECT_EQ(done.dropped_links, 0u);
    EXPECT_EQ(done.mended_lists, 0u);
    EXPECT_FALSE(done.entry_moved);
    EXPECT_EQ(done.linked_in, 0u);
    std::size_t fewer = 0;
    for (slot id = 0; id < count; ++id) fewer += nodes_.links(id).size() < before[id] ? 1u : 0u;
    EXPECT_LT(fewer, count / 10);
}

TEST_F(repairing, of_an_empty_graph_leaves_none) {
    l2_graph empty(dim);
    empty.nodes.replace_entry(empty.nodes.entry(), {3, 2});
    const auto done = sextant::repair(empty.nodes, empty.codec, 20);
    EXPECT_TRUE(done.entry_moved);
    EXPECT_FALSE(empty.nodes.entry().exists());
    EXPECT_TRUE(sextant::validate(empty.nodes).ok());
    empty.insert(points_[0]);
    support::expect_sound(empty.nodes);
}

TEST_F(repairing, finds_another_entry_point_of_the_highest_level) {
    const auto right = nodes_.entry();
    for (const sextant::entry_point wrong :
         {sextant::entry_point{}, {count + 7, 3}, {right.id, right.level + 1}, {right.id == 0 ? 1u : 0u, 0}}) {
        nodes_.replace_entry(nodes_.entry(), wrong);
        EXPECT_FALSE(sound());
        repair();
        EXPECT_EQ(nodes_.entry().level, right.level);
        EXPECT_EQ(nodes_.at(nodes_.entry().id).level, right.level);
    }
}

TEST_F(repairing, keeps_the_entry_point_among_others_of_its_level) {
    l2_graph graph(dim);
    for (slot id = 0; id < 5; ++id) {
        sextant::store_vector(graph.nodes, graph.codec, graph.nodes.allocate_at(1), points_[id]);
        graph.nodes.at(id).state = node_state::live;
    }
    graph.nodes.replace_entry(graph.nodes.entry(), {3, 1});
    EXPECT_FALSE(sextant::repair(graph.nodes, graph.codec, 20).entry_moved);
    EXPECT_EQ(graph.nodes.entry().id, 3u);
    EXPECT_TRUE(sextant::validate(graph.nodes).ok());
}

TEST_F(repairing, mends_the_lists_that_led_to_dead_nodes) {
    for (slot id = 0; id < count; id += 4) nodes_.at(id).state = node_state::dead;
    EXPECT_GT(sextant::validate(nodes_).links_to_dead, 0u);
    const auto done = repair();
    EXPECT_GT(done.mended_lists, count / 4);
    EXPECT_EQ(done.linked_in, 0u) << "the neighbours of the dead lead to everybody";
    for (slot id = 0; id < count; id += 4) {
        EXPECT_FALSE(nodes_.at(id).is(node_state::live));
        nodes_.release(id);  // nothing leads to it any more
    }
    EXPECT_TRUE(sound());
}

TEST_F(repairing, links_in_nodes_whose_neighbours_died_with_all_their_links) {
    for (slot id = 0; id < count; id += 2) {
        for (unsigned level = 0; level <= nodes_.at(id).level; ++level) nodes_.links(id, level).assign({});
        nodes_.at(id).state = node_state::vacant;
    }
    repair();
    for (slot id = 1; id < count; id += 2) ASSERT_GE(nodes_.links(id).size(), 1u);
}

TEST_F(repairing, survives_the_death_of_all) {
    for (slot id = 0; id < count; ++id) nodes_.at(id).state = node_state::dead;
    repair();
    EXPECT_FALSE(nodes_.entry().exists());
}

TEST_F(repairing, links_in_whoever_lost_all_links_on_all_levels) {
    for (slot id = 0; id < count; ++id) {
        for (unsigned level = 0; level <= nodes_.at(id).level; ++level) nodes_.links(id, level).assign({});
    }
    const auto done = repair();
    EXPECT_EQ(done.linked_in, count - 1u);
    EXPECT_GT(done.linked_in_above, 0u);
    EXPECT_EQ(found(), 100u);
    for (const auto& level : sextant::validate(nodes_).levels) EXPECT_LE(level.unreachable, level.nodes / 20);
}

TEST_F(repairing, demotes_nodes_whose_upper_lists_are_not_theirs) {
    slot tall = no_slot;
    slot low = no_slot;
    for (slot id = 0; id < count; ++id) {
        if (id == nodes_.entry().id) continue;
        (nodes_.at(id).level > 0 ? tall : low) = id;
    }
    nodes_.at(low).level = 40;
    nodes_.at(tall).upper = no_slot - 3;
    EXPECT_EQ(support::faults_of(sextant::validate(nodes_))["nodes with unsound levels"], 2u);
    EXPECT_EQ(repair().demoted, 2u);
    EXPECT_EQ(nodes_.at(low).level, 0u);
    EXPECT_EQ(nodes_.at(tall).level, 0u);
    EXPECT_EQ(found(), 100u);
}

/// Harm of one kind to a node picked at random, done with the graph's own functions.
void damage(sextant::graph& nodes, std::mt19937_64& random) {
    const auto any = [&](std::size_t below) { return static_cast<slot>(random() % below); };
    const slot id = any(nodes.end());
    const unsigned level = any(std::size_t{nodes.at(id).level} + 1);
    sextant::link_list list = nodes.links(id, level);
    switch (random() % 12) {
        case 0: return list.append(any(list.capacity()), any(nodes.end()));
        case 1: return list.append(any(list.capacity()), any(2 * nodes.end()));
        case 2: return list.append(any(list.capacity()), id);
        case 3: return list.append(any(list.capacity()), no_slot);
        case 4: return list.assign({});
        case 5: return nodes.at(id).parent.store(any(nodes.end() + 1));
        case 6: return nodes.at(id).parent.store(random() % 2 == 0 ? no_slot : sextant::tree_root);
        case 7: nodes.at(id).children = static_cast<std::uint8_t>(random()); return;
        case 8: return nodes.at(id).state.store(node_state::vacant);
        case 9: return nodes.at(id).state.store(node_state::dead);
        case 10: nodes.replace_entry(nodes.entry(), {any(nodes.end() + 1), any(6)}); return;
        default: return nodes.at(id).parent.store(id);
    }
}

TEST_F(repairing, makes_sound_what_was_damaged_at_random) {
    std::mt19937_64 random(312);
    std::size_t damaged = 0;
    for (std::size_t round = 0; round < 100; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        l2_graph graph(4, 2 + round % 7);
        graph.insert(support::clustered_points(200, 4, 313), 20);
        const std::size_t harms = std::size_t{1} << (round % 10);
        for (std::size_t i = 0; i < harms; ++i) damage(graph.nodes, random);
        const auto before = sextant::validate(graph.nodes);
        damaged += before.ok() ? 0u : 1u;
        const auto done = sextant::repair(graph.nodes, graph.codec, 20);
        const auto after = sextant::validate(graph.nodes);
        ASSERT_TRUE(after.ok()) << to_string(before) << to_string(done) << to_string(after);
        EXPECT_EQ(after.live, before.live);
        EXPECT_EQ(after.links_to_dead, 0u);
    }
    EXPECT_GT(damaged, 90u);
}

}  // namespace repair_test
