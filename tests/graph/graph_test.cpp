#include <sextant/graph/graph.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace graph_test {

using sextant::graph;
using sextant::no_slot;
using sextant::slot;

constexpr std::size_t degree = 4;
constexpr std::size_t code_bytes = 100;
constexpr std::uint64_t seed = 77;

TEST(graph, begins_empty) {
    const graph nodes(code_bytes, degree, seed);
    EXPECT_EQ(nodes.end(), 0u);
    EXPECT_FALSE(nodes.entry().exists());
    EXPECT_EQ(nodes.code_and_link_bytes() + nodes.node_bytes() + nodes.upper_bytes(), 0u);
}

TEST(graph, holds_twice_the_degree_on_level_0) {
    const graph nodes(code_bytes, degree, seed);
    EXPECT_EQ(nodes.degree(), degree);
    EXPECT_EQ(nodes.capacity(0), 2 * degree);
    EXPECT_EQ(nodes.capacity(1), degree);
    EXPECT_EQ(nodes.capacity(sextant::max_level), degree);
}

TEST(graph, allocates_dense_slots_with_empty_lists_and_drawn_levels) {
    graph nodes(code_bytes, degree, seed);
    std::size_t upper = 0;
    for (slot expected = 0; expected < 3000; ++expected) {
        const unsigned announced = nodes.next_level();
        ASSERT_EQ(nodes.allocate(), expected);
        ASSERT_EQ(nodes.end(), std::size_t{expected} + 1);
        const sextant::node& fresh = nodes.at(expected);
        ASSERT_EQ(fresh.level, announced);
        ASSERT_EQ(fresh.level, sextant::draw_level(seed, expected, degree));
        ASSERT_TRUE(fresh.is(sextant::node_state::vacant));
        ASSERT_EQ(fresh.parent, no_slot);
        ASSERT_EQ(fresh.children, 0u);
        for (unsigned level = 0; level <= fresh.level; ++level) {
            ASSERT_EQ(nodes.links(expected, level).size(), 0u);
            ASSERT_EQ(nodes.links(expected, level).capacity(), nodes.capacity(level));
        }
        upper += fresh.level;
    }
    EXPECT_GT(upper, 3000u / degree / 2) << "levels are drawn";
}

TEST(graph, draws_other_levels_from_another_seed) {
    graph one(code_bytes, degree, 1);
    graph two(code_bytes, degree, 2);
    std::size_t differences = 0;
    for (int i = 0; i < 500; ++i) differences += one.at(one.allocate()).level != two.at(two.allocate()).level ? 1u : 0u;
    EXPECT_GT(differences, 50u);
}

TEST(graph, keeps_codes_and_links_apart_and_aligned) {
    graph nodes(code_bytes, 2, seed);  // half of the nodes have upper levels
    constexpr slot count = 700;
    for (slot id = 0; id < count; ++id) {
        nodes.allocate();
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(nodes.code(id)) % sextant::cache_line, 0u);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(nodes.links(id).address()) % sextant::cache_line, 0u);
        std::memset(nodes.code(id), static_cast<int>(id % 251), code_bytes);
        for (unsigned level = 0; level <= nodes.at(id).level; ++level) {
            for (std::size_t i = 0; i < nodes.capacity(level); ++i) nodes.links(id, level).append(i, id * 32 + level);
        }
    }
    for (slot id = 0; id < count; ++id) {
        const std::byte* const code = nodes.code(id);
        ASSERT_TRUE(std::all_of(code, code + code_bytes, [&](std::byte b) { return b == std::byte(id % 251); })) << id;
        for (unsigned level = 0; level <= nodes.at(id).level; ++level) {
            std::size_t own = 0;
            nodes.links(id, level).each([&](slot other) { own += other == id * 32 + level ? 1u : 0u; });
            ASSERT_EQ(own, nodes.capacity(level)) << id << " on level " << level;
        }
    }
}

TEST(graph, grows_without_moving_anything) {
    graph nodes(code_bytes, degree, seed);
    std::vector<const void*> addresses;
    const auto addresses_of = [&](slot id) { return std::vector<const void*>{nodes.code(id), nodes.links(id).address(), &nodes.at(id)}; };
    for (slot id = 0; id < 70; ++id) nodes.allocate();
    for (slot id = 0; id < 70; ++id) {
        for (const void* address : addresses_of(id)) addresses.push_back(address);
    }
    for (int i = 0; i < 20'000; ++i) nodes.allocate();
    std::vector<const void*> later;
    for (slot id = 0; id < 70; ++id) {
        for (const void* address : addresses_of(id)) later.push_back(address);
    }
    EXPECT_EQ(addresses, later);
}

TEST(graph, uses_released_nodes_again_as_if_fresh) {
    graph nodes(code_bytes, 2, seed);
    for (int i = 0; i < 40; ++i) nodes.allocate();
    std::vector<unsigned> levels;
    const std::set<slot> given_back{3, 17, 39, 8};
    for (const slot id : given_back) {
        nodes.links(id).append(0, 1);
        for (unsigned level = 1; level <= nodes.at(id).level; ++level) nodes.links(id, level).append(0, 2);
        nodes.at(id).children = 2;
        nodes.release(id);
    }
    EXPECT_EQ(nodes.end(), 40u) << "a released slot is not a hole at the end";

    std::set<slot> taken;
    for (std::size_t i = 0; i < given_back.size(); ++i) {
        const unsigned announced = nodes.next_level();
        const slot id = nodes.allocate();
        taken.insert(id);
        EXPECT_EQ(nodes.at(id).level, announced);
        EXPECT_EQ(nodes.at(id).level, sextant::draw_level(seed, id, 2));
        EXPECT_EQ(nodes.at(id).parent, no_slot);
        EXPECT_EQ(nodes.at(id).children, 0u);
        EXPECT_TRUE(nodes.at(id).is(sextant::node_state::vacant));
        for (unsigned level = 0; level <= nodes.at(id).level; ++level) EXPECT_EQ(nodes.links(id, level).size(), 0u);
    }
    EXPECT_EQ(taken, given_back);
    EXPECT_EQ(nodes.allocate(), 40u);
}

TEST(graph, raises_its_entry_point_and_never_lowers_it) {
    graph nodes(code_bytes, 2, seed);
    for (int i = 0; i < 200; ++i) nodes.allocate();
    unsigned highest = 0;
    slot expected = no_slot;
    for (slot id = 0; id < 200; ++id) {
        const std::scoped_lock lock(nodes.entry_mutex());
        nodes.raise_entry(id);
        const unsigned level = nodes.at(id).level;
        if (expected == no_slot || level > highest) {
            expected = id;
            highest = level;
        }
        ASSERT_TRUE(nodes.entry().exists());
        ASSERT_EQ(nodes.entry().id, expected);
        ASSERT_EQ(nodes.entry().level, highest);
    }
    EXPECT_GT(highest, 2u);
}

TEST(graph, reserves_memory_and_then_needs_no_more) {
    graph nodes(code_bytes, degree, seed);
    nodes.reserve(5000);
    EXPECT_EQ(nodes.end(), 0u);
    const std::size_t records = nodes.code_and_link_bytes();
    const std::size_t states = nodes.node_bytes();
    EXPECT_GE(records, 5000 * nodes.record_bytes());
    for (int i = 0; i < 5000; ++i) nodes.allocate();
    EXPECT_EQ(nodes.code_and_link_bytes(), records);
    EXPECT_EQ(nodes.node_bytes(), states);
    nodes.reserve(100);
    EXPECT_EQ(nodes.code_and_link_bytes(), records) << "reserving less than there is does nothing";
}

TEST(graph, refuses_to_reserve_more_than_slots_can_name) {
    graph nodes(code_bytes, degree, seed);
    try {
        nodes.reserve(sextant::max_slots + 1);
        FAIL() << "not refused";
    } catch (const sextant::error& e) {
        EXPECT_EQ(e.code(), sextant::errc::too_many);
    }
    EXPECT_EQ(nodes.code_and_link_bytes(), 0u);
}

TEST(graph, takes_little_more_than_its_records) {
    graph nodes(code_bytes, degree, seed);
    for (int i = 0; i < 30'000; ++i) nodes.allocate();
    EXPECT_LE(nodes.code_and_link_bytes(), 30'000 * nodes.record_bytes() * 11 / 10);
    EXPECT_GE(nodes.code_and_link_bytes(), 30'000 * nodes.record_bytes());
}

TEST(graph, allocates_from_many_threads_at_once) {
    graph nodes(code_bytes, degree, seed);
    constexpr std::size_t threads = 4;
    constexpr std::size_t each = 3000;
    std::vector<std::vector<slot>> got(threads);
    std::vector<std::thread> workers;
    for (std::size_t t = 0; t < threads; ++t) {
        workers.emplace_back([&, t] {
            for (std::size_t i = 0; i < each; ++i) {
                const slot id = nodes.allocate();
                if (i % 3 == 2) {
                    nodes.release(id);  // nobody else may have it meanwhile
                } else {
                    std::memset(nodes.code(id), static_cast<int>(t), code_bytes);
                    got[t].push_back(id);
                }
            }
        });
    }
    for (std::thread& worker : workers) worker.join();

    std::set<slot> all;
    for (std::size_t t = 0; t < threads; ++t) {
        for (const slot id : got[t]) {
            EXPECT_TRUE(all.insert(id).second) << id << " was given out twice";
            EXPECT_EQ(nodes.code(id)[code_bytes - 1], static_cast<std::byte>(t));
        }
    }
    EXPECT_EQ(all.size(), threads * each * 2 / 3);
    EXPECT_LE(nodes.end(), threads * each);
}

}  // namespace graph_test
