#pragma once

#include <sextant/build/anchor.hpp>
#include <sextant/graph/graph.hpp>
#include <sextant/graph/reachability.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace support {

/// Fails the test if a graph is not as insert, build and erase promise to leave it. Nobody may change it meanwhile.
inline void expect_sound(const sextant::graph& nodes) {
    using sextant::node_state;
    using sextant::slot;

    std::size_t roots = 0;
    std::vector<std::size_t> children(nodes.end(), 0);
    for (slot id = 0; id < nodes.end(); ++id) {
        const sextant::node& node = nodes.at(id);
        for (unsigned level = 0; level <= node.level; ++level) {
            std::vector<slot> ids;
            nodes.links(id, level).each([&](slot other) { ids.push_back(other); });
            if (node.is(node_state::dead)) continue;
            if (!node.is(node_state::live)) {
                ASSERT_TRUE(ids.empty()) << "node " << id << " is free and has links on level " << level;
                continue;
            }
            ASSERT_LE(ids.size(), nodes.capacity(level));
            for (const slot other : ids) {
                ASSERT_LT(other, nodes.end()) << "node " << id << " points beyond the graph";
                ASSERT_NE(other, id) << "a link to itself";
                ASSERT_FALSE(nodes.at(other).is(node_state::vacant)) << "node " << id << " points at " << other << ", which is free";
                ASSERT_GE(nodes.at(other).level, level) << "node " << other << " is not on that level";
            }
            std::sort(ids.begin(), ids.end());
            ASSERT_TRUE(std::adjacent_find(ids.begin(), ids.end()) == ids.end()) << "node " << id << " points twice";
        }
        if (!node.is(node_state::live)) continue;
        const slot parent = node.parent;
        if (parent == sextant::tree_root) {
            ++roots;
            continue;
        }
        ASSERT_LT(parent, nodes.end());
        ASSERT_TRUE(nodes.at(parent).is(node_state::live)) << "the parent of " << id << " is not live";
        ++children[parent];
        ASSERT_TRUE(nodes.links(id).contains(parent)) << "node " << id << " lost its parent " << parent;
        ASSERT_TRUE(nodes.links(parent).contains(id)) << "node " << parent << " lost its child " << id;
    }
    for (slot id = 0; id < nodes.end(); ++id) {
        if (!nodes.at(id).is(node_state::live)) continue;
        ASSERT_LE(children[id], nodes.degree());
        ASSERT_EQ(children[id], nodes.at(id).children);
    }
    ASSERT_EQ(roots, nodes.entry().exists() ? 1u : 0u) << "one tree ties all nodes together";
    ASSERT_EQ(sextant::unreachable(nodes), std::vector<slot>{});
}

}  // namespace support
