#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "../core/random.hpp"
#include "../graph/access.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "front_matter.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Whether what a file says of a graph is true of some graph: whether everything that searches, insertions and erasures rely on
/// holds. Nothing is used before it is known to be in range. What is wrong is said in words, null means nothing.
///
/// Checked: the nodes' levels, states and upper lists, which follow each other without gaps; links lead to nodes that are not
/// vacant, on their level or above; vacant nodes have no links; the live nodes form one tree, counts of children are right,
/// and parent and child are linked both ways, which is what insertions and erasures rely on to come to an end; the
/// entry point is a live node of its level. Not checked, because no harm comes of it: how good the graph is, and whether a
/// list names a node twice.
///
/// Memory: 12 bytes a node until it goes out of scope. Time: O(nodes + links).
class graph_check {
public:
    graph_check(const graph& nodes, const front_matter& front) : graph_(nodes), front_(front) {}

    /// The nodes of slots [first, first + count), in their order.
    const char* nodes(std::span<const std::byte> bytes) noexcept {
        for (; !bytes.empty(); bytes = bytes.subspan(sizeof(node))) {
            slot parent;
            slot list;
            std::memcpy(&parent, bytes.data(), 4);
            std::memcpy(&list, bytes.data() + 4, 4);
            const auto level = std::to_integer<unsigned>(bytes[8]);
            const auto state = static_cast<node_state>(bytes[10]);
            if (level > max_level) return "a node is on a level that there is not";
            if (list != (level == 0 ? no_slot : static_cast<slot>(lists_))) return "a node's upper links are not where they belong";
            lists_ += level;
            if (bytes[9] != std::byte{0}) return "a node is locked";
            if (state == node_state::live) {
                ++live_;
                roots_ += parent == tree_root ? 1u : 0u;
                if (parent != tree_root && parent >= front_.slots) return "a node's parent does not exist";
            } else {
                if (state != node_state::vacant && state != node_state::dead) return "a node is in no possible state";
                if (parent != no_slot || bytes[11] != std::byte{0}) return "a node that is not live has relatives";
                dead_ += state == node_state::dead ? 1u : 0u;
            }
        }
        return nullptr;
    }

    /// All nodes together, each of which is in order. Throws std::bad_alloc.
    const char* tree() {
        if (lists_ != front_.upper_lists) return "there are more or fewer upper links than the nodes have";
        if (live_ != front_.live || dead_ != front_.dead) return "there are more or fewer vectors than the file says";
        if (const entry_point entry = front_.entry; entry.exists()) {
            if (!is_live(graph_, entry.id)) return "the entry point is no node";
            if (graph_.at(entry.id).level != entry.level) return "the entry point is on another level";
        }
        if (roots_ != (live_ == 0 ? 0u : 1u)) return "the nodes have no root, or several";
        const auto slots = static_cast<std::size_t>(front_.slots);
        first_child_.assign(slots + 1, 0);
        for (std::size_t id = 0; id < slots; ++id) {
            const slot parent = parent_of(id);
            if (parent >= tree_root) continue;
            if (!is_live(graph_, parent)) return "a node's parent is not live";
            ++first_child_[parent + std::size_t{1}];
        }
        for (std::size_t id = 0; id < slots; ++id) {
            if (first_child_[id + 1] != graph_.at(static_cast<slot>(id)).children) return "a node's children are miscounted";
            if (first_child_[id + 1] > front_.options.degree) return "a node has too many children";
        }
        for (std::size_t id = 0; id < slots; ++id) first_child_[id + 1] += first_child_[id];
        children_.resize(first_child_[slots]);
        std::vector<slot> next(first_child_.begin(), first_child_.end() - 1);
        for (std::size_t id = 0; id < slots; ++id) {
            if (parent_of(id) < tree_root) children_[next[parent_of(id)]++] = static_cast<slot>(id);
        }
        return has_cycle(std::move(next)) ? "a node is its own ancestor" : nullptr;
    }

    /// The links of level 0 of a node. `links` has 2 · degree of them.
    const char* base_links(slot id, const slot* links) const noexcept {
        const std::size_t capacity = graph_.capacity(0);
        const std::size_t count = length(links, capacity);
        if (count == capacity + 1) return "a list of links goes on after its end";
        if (const char* wrong = each_link(links, count, 0)) return wrong;
        if (is_vacant(graph_, id)) return count == 0 ? nullptr : "a free node has links";
        const auto is_linked = [&](slot other) { return std::find(links, links + count, other) != links + count; };
        const slot parent = parent_of(id);
        if (parent < tree_root && !is_linked(parent)) return "a node is not linked to its parent";
        for (std::size_t c = first_child_[id]; c < first_child_[id + std::size_t{1}]; ++c) {
            if (!is_linked(children_[c])) return "a node is not linked to its child";
        }
        return nullptr;
    }

    /// The lists of upper links, in their order.
    const char* upper_links(const slot* links) noexcept {
        while (level_ >= graph_.at(owner_).level) {
            ++owner_;
            level_ = 0;
        }
        ++level_;
        const std::size_t capacity = graph_.capacity(1);
        const std::size_t count = length(links, capacity);
        if (count == capacity + 1) return "a list of links goes on after its end";
        if (is_vacant(graph_, owner_) && count > 0) return "a free node has links";
        return each_link(links, count, level_);
    }

private:
    slot parent_of(std::size_t id) const noexcept {
        return graph_.at(static_cast<slot>(id)).parent.load(std::memory_order_relaxed);
    }

    /// How many links a list has; capacity + 1 if there is something after its end.
    static std::size_t length(const slot* links, std::size_t capacity) noexcept {
        const auto count = static_cast<std::size_t>(std::find(links, links + capacity, no_slot) - links);
        const bool filled = std::all_of(links + count, links + capacity, [](slot id) { return id == no_slot; });
        return filled ? count : capacity + 1;
    }

    const char* each_link(const slot* links, std::size_t count, unsigned level) const noexcept {
        slot largest = 0;
        for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, links[i]);
        if (count > 0 && largest >= front_.slots) return "a link leads nowhere";
        if (level == 0 && live_ + dead_ == front_.slots) return nullptr;
        for (std::size_t i = 0; i < count; ++i) {
            const node& other = graph_.at(links[i]);
            if (other.is(node_state::vacant)) return "a link leads to a free node";
            if (other.level < level) return "a link leads to a node that is not on its level";
        }
        return nullptr;
    }

    /// Takes away nodes without children again and again; what is left has a cycle. `left` is overwritten with how many
    /// children of each are left.
    bool has_cycle(std::vector<slot> left) const {
        const std::size_t slots = left.size();
        for (std::size_t id = 0; id < slots; ++id) left[id] = graph_.at(static_cast<slot>(id)).children;
        std::size_t taken = 0;
        for (std::size_t id = 0; id < slots; ++id) {
            if (graph_.at(static_cast<slot>(id)).children != 0) continue;
            ++taken;
            for (slot up = parent_of(id); up < tree_root && --left[up] == 0; up = parent_of(up)) ++taken;
        }
        return taken != slots;
    }

    const graph& graph_;
    const front_matter& front_;
    std::uint64_t lists_ = 0;   // upper lists of the nodes seen so far
    std::uint64_t live_ = 0;
    std::uint64_t dead_ = 0;
    std::uint64_t roots_ = 0;
    std::vector<slot> first_child_;  // where each node's children begin in children_
    std::vector<slot> children_;
    slot owner_ = 0;      // of the upper list that was seen last
    unsigned level_ = 0;  // of that list
};

}  // namespace sextant::inline SEXTANT_ABI
