#include <sextant/build/connect.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace connect_test {

using sextant::neighbor;
using sextant::slot;

constexpr std::size_t dim = 5;
constexpr std::size_t degree = 4;
constexpr std::size_t count = 400;

std::vector<slot> ids_of(const sextant::link_list& list) {
    std::vector<slot> ids;
    list.each([&](slot id) { ids.push_back(id); });
    return ids;
}

class add_links : public testing::Test {
protected:
    add_links() {
        for (std::size_t row = 0; row < count; ++row) graph_.add(points_[row]);
        space_.reserve(count + 2 * degree, 2 * degree, graph_.codec.query_bytes());
    }

    void add(slot from, const std::vector<slot>& ids, unsigned level = 0) {
        sextant::add_links(graph_.nodes, graph_.codec, from, neighbors(from, ids), level, space_);
    }

    std::vector<neighbor> neighbors(slot from, const std::vector<slot>& ids) {
        const auto score = graph_.scorer_of(points_[from]);
        std::vector<neighbor> result;
        for (const slot id : ids) result.push_back({score(id), id});
        return result;
    }

    /// What the rule makes of `ids` and the links that `from` has.
    std::vector<slot> chosen(slot from, std::vector<slot> ids, unsigned level) {
        for (const slot id : ids_of(graph_.nodes.links(from, level))) ids.push_back(id);
        std::vector<neighbor> all = neighbors(from, ids);
        std::sort(all.begin(), all.end());
        sextant::select_neighbors(
            graph_.nodes, graph_.codec, std::span<const neighbor>(all), graph_.nodes.capacity(level),
            [&](slot id) { return level == 0 && sextant::is_anchor(graph_.nodes, from, id); }, space_);
        std::vector<slot> result;
        for (const neighbor& n : space_.kept) result.push_back(n.id);
        return result;
    }

    std::vector<slot> strangers_to(slot from, std::size_t n, unsigned level = 0) {
        std::set<slot> ids;
        while (ids.size() < n) {
            const auto id = static_cast<slot>(random_() % count);
            if (id != from && !graph_.nodes.links(from, level).contains(id)) ids.insert(id);
        }
        std::vector<slot> shuffled(ids.begin(), ids.end());
        std::shuffle(shuffled.begin(), shuffled.end(), random_);
        return shuffled;
    }

    slot node_above(unsigned level) const {
        slot id = 0;
        while (graph_.nodes.at(id).level <= level) ++id;
        return id;
    }

    support::matrix<float> points_ = support::grid_points(count, dim, 51);
    support::l2_graph graph_{dim, degree};
    sextant::selection_space space_;
    std::mt19937_64 random_{52};
};

TEST_F(add_links, appends_while_there_is_room) {
    add(0, {5});
    add(0, {9, 3});
    EXPECT_EQ(ids_of(graph_.nodes.links(0)), (std::vector<slot>{5, 9, 3}));
    add(0, {1, 2, 4, 6, 7});
    EXPECT_EQ(ids_of(graph_.nodes.links(0)), (std::vector<slot>{5, 9, 3, 1, 2, 4, 6, 7})) << "exactly full";
}

TEST_F(add_links, chooses_anew_among_old_and_new_where_they_do_not_fit) {
    const slot high = node_above(0);
    for (const unsigned level : {0u, 1u}) {
        for (int round = 0; round < 300; ++round) {
            const std::vector<slot> more = strangers_to(high, 1 + random_() % 12, level);
            const std::vector<slot> before = ids_of(graph_.nodes.links(high, level));
            const bool fits = before.size() + more.size() <= graph_.nodes.capacity(level);
            std::vector<slot> expected = fits ? before : chosen(high, more, level);
            if (fits) expected.insert(expected.end(), more.begin(), more.end());
            add(high, more, level);
            ASSERT_EQ(ids_of(graph_.nodes.links(high, level)), expected) << "round " << round;
            ASSERT_LE(expected.size(), graph_.nodes.capacity(level));
        }
    }
}

TEST_F(add_links, never_drops_a_parent_or_a_child) {
    const slot from = 10;
    graph_.nodes.at(from).parent = 200;
    std::vector<slot> family{200};
    for (slot child = 300; child < 300 + degree; ++child) {
        graph_.nodes.at(child).parent = from;
        family.push_back(child);
    }
    add(from, family);
    for (int round = 0; round < 200; ++round) {
        add(from, strangers_to(from, 1 + random_() % 20));
        ASSERT_LE(graph_.nodes.links(from).size(), 2 * degree);
        for (const slot id : family) ASSERT_TRUE(graph_.nodes.links(from).contains(id)) << id;
    }
}

TEST_F(add_links, keeps_what_is_pinned_where_a_list_names_nodes_twice) {
    const slot from = 7;
    std::vector<neighbor> ranked = neighbors(from, strangers_to(from, count / 2));
    std::sort(ranked.begin(), ranked.end());
    std::vector<neighbor> doubled;
    for (std::size_t child = 0; child < degree; ++child) {
        graph_.nodes.at(ranked[child].id).parent = from;
        doubled.insert(doubled.end(), 2, ranked[child]);
    }
    graph_.nodes.links(from).assign(doubled);
    graph_.nodes.at(from).parent = ranked.back().id;
    add(from, {ranked.back().id});
    EXPECT_TRUE(graph_.nodes.links(from).contains(ranked.back().id));
    for (std::size_t child = 0; child < degree; ++child) EXPECT_TRUE(graph_.nodes.links(from).contains(ranked[child].id));
    EXPECT_EQ(graph_.nodes.links(from).size(), degree + 1);
}

TEST_F(add_links, pins_nothing_on_upper_levels) {
    const slot high = node_above(0);
    std::vector<slot> others = strangers_to(high, degree);
    graph_.nodes.at(high).parent = others[0];
    add(high, others, 1);
    bool dropped = false;
    for (int round = 0; round < 200 && !dropped; ++round) {
        add(high, strangers_to(high, 5, 1), 1);
        dropped = !graph_.nodes.links(high, 1).contains(others[0]);
    }
    EXPECT_TRUE(dropped);
}

TEST_F(add_links, leaves_the_lists_of_other_nodes_and_levels_alone) {
    const slot high = node_above(0);
    add(high, {1, 2, 3});
    add(high, {4, 5, 6, 7, 8, 9}, 1);
    EXPECT_EQ(ids_of(graph_.nodes.links(high, 0)), (std::vector<slot>{1, 2, 3}));
    for (slot id = 0; id < count; ++id) {
        if (id != high) {
            ASSERT_EQ(graph_.nodes.links(id).size(), 0u);
        }
    }
}

TEST_F(add_links, from_many_threads_to_one_node_keeps_its_list_whole) {
    std::vector<std::thread> workers;
    for (slot t = 0; t < 4; ++t) {
        workers.emplace_back([&, t] {
            sextant::selection_space space;
            space.reserve(2 * degree + 1, 2 * degree, graph_.codec.query_bytes());
            const auto score = sextant::scorer<sextant::f32_codec<sextant::l2>>(
                graph_.nodes, graph_.codec, graph_.codec.prepare_stored(graph_.nodes.code(0), space.query.data()));
            for (slot id = 1 + t; id < count; id += 4) {
                const neighbor fresh{score(id), id};
                sextant::add_links(graph_.nodes, graph_.codec, 0, {&fresh, 1}, 0, space);
            }
        });
    }
    for (std::thread& worker : workers) worker.join();
    const std::vector<slot> ids = ids_of(graph_.nodes.links(0));
    EXPECT_LE(ids.size(), 2 * degree);
    EXPECT_EQ(std::set<slot>(ids.begin(), ids.end()).size(), ids.size());
    EXPECT_TRUE(graph_.nodes.at(0).lock.try_lock()) << "a lock was kept";
}

}  // namespace connect_test
