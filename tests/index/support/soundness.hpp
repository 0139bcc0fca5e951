#pragma once

#include <sextant/build/anchor.hpp>
#include <sextant/graph/graph.hpp>
#include <sextant/graph/reachability.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace support {

/// Fails the test if a graph is not as insert and build promise to leave it. Nobody may change it meanwhile.
inline void expect_sound(const sextant::graph& nodes) {
    using sextant::no_slot;
    using sextant::slot;

    std::size_t roots = 0;
    std::vector<std::size_t> children(nodes.end(), 0);
    for (slot id = 0; id < nodes.end(); ++id) {
        const sextant::node& node = nodes.at(id);
        for (unsigned level = 0; level <= node.level; ++level) {
            std::vector<slot> ids;
            nodes.links(id, level).each([&](slot other) { ids.push_back(other); });
            if (!node.is(sextant::node_state::live)) {
                ASSERT_TRUE(ids.empty()) << "node " << id << " is not live and has links on level " << level;
                continue;
            }
            ASSERT_LE(ids.size(), nodes.capacity(level));
            for (const slot other : ids) {
                ASSERT_LT(other, nodes.end()) << "node " << id << " points beyond the graph";
                ASSERT_NE(other, id) << "a link to itself";
                ASSERT_TRUE(nodes.at(other).is(sextant::node_state::live)) << "node " << id << " points at " << other << ", which is not live";
                ASSERT_GE(nodes.at(other).level, level) << "node " << other << " is not on that level";
            }
            std::sort(ids.begin(), ids.end());
            ASSERT_TRUE(std::adjacent_find(ids.begin(), ids.end()) == ids.end()) << "node " << id << " points twice";
        }
        if (!node.is(sextant::node_state::live)) continue;
        const slot parent = node.parent;
        if (parent == no_slot) {
            ++roots;
            continue;
        }
        ASSERT_LT(parent, nodes.end());
        ++children[parent];
        ASSERT_TRUE(nodes.links(id).contains(parent)) << "node " << id << " lost its parent " << parent;
        ASSERT_TRUE(nodes.links(parent).contains(id)) << "node " << parent << " lost its child " << id;
    }
    for (slot id = 0; id < nodes.end(); ++id) {
        ASSERT_LE(children[id], nodes.degree());
        ASSERT_EQ(children[id], nodes.at(id).children);
    }
    ASSERT_EQ(roots, nodes.entry().exists() ? 1u : 0u) << "one tree ties all nodes together";
    ASSERT_EQ(sextant::unreachable(nodes), std::vector<slot>{});
}

}  // namespace support
