#include <sextant/graph/validate.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>

#include "support/faults.hpp"

namespace validate_test {

using sextant::no_slot;
using sextant::node_state;
using sextant::slot;
using faults = std::map<std::string, std::size_t>;

constexpr std::size_t degree = 4;

/// Four nodes in a chain that is its own anchor tree, on levels 2, 1, 1 and 0, and a vacant slot. Nothing is wrong with it.
class validation : public testing::Test {
protected:
    sextant::graph nodes_{4, degree, 1};

    void SetUp() override {
        for (const unsigned level : {2u, 1u, 1u, 0u}) nodes_.at(nodes_.allocate_at(level)).state = node_state::live;
        nodes_.release(nodes_.allocate_at(3u));
        for (slot id = 1; id < 4; ++id) {
            connect(id - 1, id, 0);
            nodes_.at(id).parent = id - 1;
            nodes_.at(id - 1).children = 1;
        }
        nodes_.at(0).parent = sextant::tree_root;
        connect(0, 1, 1);
        connect(1, 2, 1);
        nodes_.raise_entry(0);
    }

    void link(slot from, slot to, unsigned level = 0) {
        sextant::link_list list = nodes_.links(from, level);
        list.append(list.size(), to);
    }

    void connect(slot a, slot b, unsigned level) {
        link(a, b, level);
        link(b, a, level);
    }

    sextant::integrity_report report() const { return sextant::validate(nodes_); }
    faults found() const { return support::faults_of(report()); }
};

TEST_F(validation, finds_nothing_wrong_with_an_empty_graph) {
    const sextant::graph empty(4, degree, 1);
    const auto report = sextant::validate(empty);
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_EQ(report.live, 0u);
    EXPECT_TRUE(report.levels.empty());
}

TEST_F(validation, counts_what_there_is) {
    const auto r = report();
    EXPECT_TRUE(r.ok()) << to_string(r);
    EXPECT_EQ(r.live, 4u);
    EXPECT_EQ(r.dead, 0u);
    EXPECT_EQ(r.vacant, 1u);
    ASSERT_EQ(r.levels.size(), 3u);
    EXPECT_EQ(r.levels[0].nodes, 4u);
    EXPECT_EQ(r.levels[0].links, 6u);
    EXPECT_EQ(r.levels[0].fewest, 1u);
    EXPECT_EQ(r.levels[0].most, 2u);
    EXPECT_DOUBLE_EQ(r.levels[0].mean(), 1.5);
    EXPECT_EQ(r.levels[1].nodes, 3u);
    EXPECT_EQ(r.levels[1].links, 4u);
    EXPECT_EQ(r.levels[2].nodes, 1u);
    EXPECT_EQ(r.levels[2].fewest, 0u);
    EXPECT_EQ(r.levels[2].most, 0u);
}

TEST_F(validation, says_in_words_what_it_found) {
    EXPECT_EQ(to_string(report()).substr(0, 6), "sound:");
    link(3, 3);
    link(2, 77);
    const std::string text = to_string(report());
    EXPECT_EQ(text.substr(0, 8), "damaged:");
    EXPECT_NE(text.find("1 links of a node to itself"), std::string::npos) << text;
    EXPECT_NE(text.find("1 links out of range"), std::string::npos) << text;
}

TEST_F(validation, finds_links_beyond_the_graph) {
    link(3, 5);
    link(0, sextant::no_slot - 1, 2);
    EXPECT_EQ(found(), (faults{{"links out of range", 2}}));
}

TEST_F(validation, finds_links_to_vacant_slots_and_those_of_vacant_slots) {
    link(3, 4);
    EXPECT_EQ(found(), (faults{{"links to vacant slots", 1}}));
    link(4, 1, 2);
    EXPECT_EQ(found(), (faults{{"links to vacant slots", 1}, {"links of vacant slots", 1}}));
}

TEST_F(validation, finds_links_to_nodes_below_their_level) {
    link(0, 3, 1);
    link(0, 2, 2);
    EXPECT_EQ(found(), (faults{{"links to nodes below their level", 2}}));
}

TEST_F(validation, finds_links_of_a_node_to_itself) {
    link(2, 2);
    link(2, 2, 1);
    EXPECT_EQ(found(), (faults{{"links of a node to itself", 2}}));
}

TEST_F(validation, finds_links_that_are_there_twice) {
    link(1, 2);
    link(1, 2);
    link(1, 2, 1);
    EXPECT_EQ(found(), (faults{{"links that were there before", 3}}));
}

TEST_F(validation, finds_links_behind_the_end_of_a_list) {
    nodes_.links(3).append(5, 1);
    nodes_.links(0, 2).append(3, 77);
    EXPECT_EQ(found(), (faults{{"links behind the end of a list", 2}}));
}

TEST_F(validation, finds_nodes_out_of_reach) {
    nodes_.links(2).assign({});
    link(2, 1);
    nodes_.links(0, 1).assign({});
    EXPECT_EQ(found(), (faults{{"unreachable nodes", 1}, {"nodes that no one links to", 1}, {"links missing between parent and child", 1}}));
    const auto r = report();
    EXPECT_EQ(r.levels[0].unreachable, 1u);
    EXPECT_EQ(r.levels[1].unreachable, 2u) << "which is no fault";
}

TEST_F(validation, asks_for_nothing_of_a_single_node) {
    sextant::graph nodes(4, degree, 1);
    nodes.at(nodes.allocate_at(2)).state = node_state::live;
    nodes.at(0).parent = sextant::tree_root;
    nodes.raise_entry(0);
    EXPECT_EQ(support::faults_of(sextant::validate(nodes)), faults{});
}

TEST_F(validation, finds_nodes_that_are_in_reach_on_higher_levels_alone) {
    nodes_.links(0).assign({});
    EXPECT_EQ(report().unreachable, 3u);
    EXPECT_EQ(report().levels[1].unreachable, 0u);
    EXPECT_EQ(report().orphans, 0u);
    nodes_.links(2).assign({});
    EXPECT_EQ(report().orphans, 2u) << "one of them has a link above";
}

TEST_F(validation, finds_nodes_in_reach_through_vacant_slots_alone) {
    nodes_.links(2).assign({});
    link(2, 1);
    link(2, 4);
    link(4, 3);
    EXPECT_EQ(report().unreachable, 1u);
}

TEST_F(validation, finds_an_entry_point_that_is_none) {
    const sextant::entry_point right = nodes_.entry();
    for (const sextant::entry_point wrong : {sextant::entry_point{1, 1}, {1, 2}, {0, 1}, {0, 3}}) {
        nodes_.replace_entry(nodes_.entry(), wrong);
        EXPECT_EQ(found(), (faults{{"unsound entry point", 1}})) << wrong.id << " on level " << wrong.level;
    }
    for (const sextant::entry_point none : {sextant::entry_point{}, {4, 2}, {5, 2}, {123'456'789, 0}}) {
        nodes_.replace_entry(nodes_.entry(), none);
        EXPECT_EQ(support::faults_of(report())["unsound entry point"], 1u) << none.id;
        EXPECT_EQ(report().unreachable, 4u) << none.id;
    }
    nodes_.replace_entry(nodes_.entry(), right);
    EXPECT_EQ(found(), faults{});
    nodes_.at(0).state = node_state::dead;
    EXPECT_EQ(report().bad_entry, 1u);
    EXPECT_EQ(report().unreachable, 3u) << "nothing may be looked for from there";
}

TEST_F(validation, knows_no_entry_point_where_nothing_is_live) {
    for (slot id = 0; id < 4; ++id) {
        for (unsigned level = 0; level <= nodes_.at(id).level; ++level) nodes_.links(id, level).assign({});
        nodes_.at(id).state = node_state::vacant;
    }
    EXPECT_EQ(found(), (faults{{"unsound entry point", 1}}));
    nodes_.replace_entry(nodes_.entry(), {});
    EXPECT_EQ(found(), faults{});
}

TEST_F(validation, finds_levels_whose_lists_are_elsewhere) {
    nodes_.at(3).level = 200;
    EXPECT_EQ(found(), (faults{{"nodes with unsound levels", 1}}));
    nodes_.at(3).level = 2;  // its lists were never allocated
    EXPECT_EQ(found(), (faults{{"nodes with unsound levels", 1}}));
    nodes_.at(3).upper = 0;  // those of the entry point
    EXPECT_EQ(found(), (faults{{"nodes with unsound levels", 1}}));
    nodes_.at(3).upper = static_cast<slot>(nodes_.upper_end() - 1);
    EXPECT_EQ(found(), (faults{{"nodes with unsound levels", 1}}));
}

TEST_F(validation, finds_a_level_that_none_can_have) {
    const slot first = nodes_.allocate_at(sextant::max_level);
    const slot second = nodes_.allocate_at(sextant::max_level);
    nodes_.at(first).level = 0;
    nodes_.at(second).level = 0;
    nodes_.at(3).upper = nodes_.at(first).upper;  // where so many lists lie that nobody has
    nodes_.at(3).level = sextant::max_level + 1;
    EXPECT_EQ(found(), (faults{{"nodes with unsound levels", 1}}));
}

TEST_F(validation, takes_links_to_dead_nodes_for_what_they_are) {
    nodes_.at(3).state = node_state::dead;
    nodes_.at(3).parent = no_slot;
    nodes_.at(2).children = 0;
    const auto r = report();
    EXPECT_TRUE(r.ok()) << to_string(r);
    EXPECT_EQ(r.dead, 1u);
    EXPECT_EQ(r.links_to_dead, 1u);
}

TEST_F(validation, reaches_nodes_through_dead_ones) {
    nodes_.at(1).state = node_state::dead;
    nodes_.at(0).children = 0;
    nodes_.at(2).parent = 0;
    nodes_.at(0).children = 1;
    EXPECT_EQ(found(), (faults{{"links missing between parent and child", 2}}));
}

TEST_F(validation, finds_links_of_dead_nodes_that_lead_a_search_astray) {
    nodes_.at(3).state = node_state::dead;
    nodes_.at(2).children = 0;
    link(3, 1000);
    EXPECT_EQ(found(), (faults{{"links out of range", 1}}));
}

TEST_F(validation, finds_parents_that_are_none) {
    nodes_.at(3).parent = 3;
    EXPECT_EQ(found(), (faults{{"nodes with an unsound parent", 1}, {"nodes cut off from the root", 1}, {"nodes that count their children wrong", 1}}));
    nodes_.at(3).parent = 4;
    EXPECT_EQ(found(), (faults{{"nodes with an unsound parent", 1}, {"nodes cut off from the root", 1}, {"nodes that count their children wrong", 1}}));
    nodes_.at(3).parent = 12345;
    EXPECT_EQ(found(), (faults{{"nodes with an unsound parent", 1}, {"nodes cut off from the root", 1}, {"nodes that count their children wrong", 1}}));
}

TEST_F(validation, finds_a_second_root_and_a_missing_one) {
    nodes_.at(3).parent = sextant::tree_root;
    nodes_.at(2).children = 0;
    EXPECT_EQ(found(), (faults{{"roots too many or too few", 1}}));
}

TEST_F(validation, finds_a_circle_of_parents) {
    nodes_.at(0).parent = 2;
    nodes_.at(2).children = 2;
    EXPECT_EQ(found(), (faults{{"roots too many or too few", 1}, {"nodes cut off from the root", 4}, {"links missing between parent and child", 2}}));
}

TEST_F(validation, finds_children_counted_wrong) {
    nodes_.at(3).children = 1;
    nodes_.at(1).children = 0;
    EXPECT_EQ(found(), (faults{{"nodes that count their children wrong", 2}}));
}

TEST_F(validation, finds_a_node_with_more_children_than_it_may_have) {
    sextant::graph nodes(4, 2, 1);
    for (int i = 0; i < 4; ++i) nodes.at(nodes.allocate_at(0u)).state = node_state::live;
    nodes.at(0).parent = sextant::tree_root;
    nodes.raise_entry(0);
    for (slot id = 1; id < 4; ++id) {
        nodes.links(0).append(id - 1, id);
        nodes.links(id).append(0, 0);
        nodes.at(id).parent = 0;
    }
    nodes.at(0).children = 3;
    EXPECT_EQ(support::faults_of(sextant::validate(nodes)), (faults{{"nodes that count their children wrong", 1}}));
}

TEST_F(validation, finds_links_between_parent_and_child_that_are_gone) {
    nodes_.links(3).assign({});
    EXPECT_EQ(found(), (faults{{"links missing between parent and child", 1}}));
}

}  // namespace validate_test
