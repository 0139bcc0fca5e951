#include <sextant/graph/checksum.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>

namespace checksum_test {

using sextant::graph;
using sextant::slot;

/// Five nodes with a few links, changed by `change` at the end.
std::uint32_t sum_of(const std::function<void(graph&)>& change = {}) {
    const auto nodes = std::make_unique<graph>(4, 4, 1);
    for (slot id = 0; id < 5; ++id) {
        nodes->at(nodes->allocate()).level = 0;
        nodes->at(id).state = sextant::node_state::live;
        if (id > 0) {
            nodes->links(id).append(0, id - 1);
            nodes->links(id - 1).append(nodes->links(id - 1).size(), id);
            nodes->at(id).parent = id - 1;
        }
    }
    nodes->raise_entry(0);
    if (change) change(*nodes);
    return sextant::checksum(*nodes);
}

TEST(checksum, of_equal_graphs_is_equal) { EXPECT_EQ(sum_of(), sum_of()); }

// What a machine computed once, every machine computes.
TEST(checksum, of_a_known_graph_is_known) { EXPECT_EQ(sum_of(), 0x6631'AF1Bu); }

TEST(checksum, does_not_depend_on_codes_or_locks) {
    EXPECT_EQ(sum_of(), sum_of([](graph& g) {
                  *g.code(2) = std::byte{7};
                  g.at(1).lock.lock();
              }));
}

TEST(checksum, tells_every_part_of_a_graph) {
    std::set<std::uint32_t> sums{sum_of()};
    const auto differs = [&](const std::function<void(graph&)>& change) { return sums.insert(sum_of(change)).second; };
    EXPECT_TRUE(differs([](graph& g) { g.links(4).append(1, 0); })) << "one more link";
    EXPECT_TRUE(differs([](graph& g) { g.links(4).assign({}); })) << "one link less";
    EXPECT_TRUE(differs([](graph& g) {
        g.links(1).append(0, 2);
        g.links(1).append(1, 0);
    })) << "the order of links";
    EXPECT_TRUE(differs([](graph& g) {
        g.links(3).assign({});
        g.links(3).append(0, 2);
        g.links(4).append(1, 4);
    })) << "a link of the next node";
    EXPECT_TRUE(differs([](graph& g) { g.at(3).parent = 0; })) << "a parent";
    EXPECT_TRUE(differs([](graph& g) { g.allocate(); })) << "one more node";
    EXPECT_TRUE(differs([](graph& g) {
        g.at(g.allocate()).level = 0;
        g.at(g.allocate()).level = 0;
    })) << "two more nodes";
}

TEST(checksum, tells_the_entry_point) {
    const auto with_entry = [](slot id) {
        graph nodes(4, 4, 1);
        for (int i = 0; i < 2; ++i) nodes.allocate();
        nodes.raise_entry(id);
        return sextant::checksum(nodes);
    };
    EXPECT_NE(with_entry(0), with_entry(1));
}

}  // namespace checksum_test
