#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../parallel/lease.hpp"
#include "../search/scratch.hpp"
#include "anchor.hpp"
#include "insert.hpp"
#include "link_in.hpp"
#include "settle.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Makes an anchor tree (build/anchor.hpp) for a graph that has none, or none to be trusted, out of the links that it has:
/// breadth first from the entry point on, along links that go both ways before those that go one way, because the tree needs
/// both and a full list loses another link for the one it gets. Nodes that only full ones lead to go down from these; nodes
/// that nothing leads to are linked in anew.
template <codec Codec>
class anchor_builder {
public:
    anchor_builder(graph& nodes, const Codec& codec, std::size_t ef)
        : nodes_(nodes), codec_(codec), ef_(ef), live_(count_live(nodes)) {
        tree_.reserve(live_);
        waiting_.reserve(live_);
        in_tree_.resize(nodes.end(), false);
        full_.resize(nodes.end(), no_slot);
        space().reserve(nodes.capacity(0) + 1, nodes.capacity(0), codec.query_bytes());
    }

    /// Returns how many nodes had to be linked in anew. Throws std::bad_alloc; searches then work as before, but the nodes
    /// not yet reached have no anchor.
    std::size_t run() {
        if (live_ == 0) return 0;
        forget_parents();
        const slot root = nodes_.entry().id;
        nodes_.at(root).parent.store(tree_root, std::memory_order_release);
        join(root);
        grow(0, true);
        grow(0, false);
        tie_from(1);
        settle_waiting();
        return link_stranded();
    }

private:
    selection_space& space() noexcept { return scratch_->selection; }

    void forget_parents() noexcept {
        each_live(nodes_, [&](slot id) {
            nodes_.at(id).parent.store(no_slot, std::memory_order_release);
            nodes_.at(id).children = 0;
        });
    }

    void join(slot id) noexcept {
        in_tree_[id] = true;
        tree_.push_back(id);
    }

    /// Lets the nodes of the tree from position `first` on, and those that join meanwhile, adopt whom they link to.
    void grow(std::size_t first, bool only_mutual) noexcept {
        for (; first < tree_.size(); ++first) {
            const slot parent = tree_[first];
            nodes_.links(parent).each([&](slot id) {
                if (in_tree_[id] || !is_live(nodes_, id)) return;
                if (only_mutual && !nodes_.links(id).contains(parent)) return;
                if (adopt(nodes_, parent, id)) {
                    join(id);
                } else if (!only_mutual && full_[id] == no_slot) {
                    full_[id] = parent;
                    waiting_.push_back(id);
                }
            });
        }
    }

    /// Gives the nodes of the tree from position `first` on the links with their parents that they lack.
    void tie_from(std::size_t first) noexcept {
        for (; first < tree_.size(); ++first) {
            const slot id = tree_[first];
            const slot parent = nodes_.at(id).parent.load(std::memory_order_relaxed);
            const bool tied = nodes_.links(id).contains(parent) && nodes_.links(parent).contains(id);
            if (!tied) tie(nodes_, codec_, id, parent, space());
        }
    }

    /// Brings a node into the tree, and then whom it leads to: below one that it links to if there is room, else further down
    /// from there, else down from `ancestor`.
    void attach(slot id, slot ancestor) noexcept {
        bool adopted = false;
        slot linked = no_slot;
        nodes_.links(id).each([&](slot other) {
            if (adopted || !in_tree_[other]) return;
            if (linked == no_slot) linked = other;
            adopted = adopt(nodes_, other, id);
        });
        // A full node has its children on its list, and nobody dies meanwhile: the way down ends at one that has room.
        if (!adopted) adopt_by_descendant(nodes_, id, linked == no_slot ? ancestor : linked);
        const std::size_t first = tree_.size();
        join(id);
        grow(first, false);
        tie_from(first);
    }

    /// Brings in the nodes that full ones lead to.
    void settle_waiting() noexcept {
        for (; settled_ < waiting_.size(); ++settled_) {
            const slot id = waiting_[settled_];
            if (!in_tree_[id]) attach(id, full_[id]);
        }
    }

    /// Every node that nothing leads to gets links of its own, or a crowd of them would hang on a single one.
    std::size_t link_stranded() {
        if (tree_.size() == live_) return 0;
        std::vector<slot> stranded;
        each_live(nodes_, [&](slot id) {
            if (!in_tree_[id]) stranded.push_back(id);
        });
        const lease<search_scratch> search;
        for (const slot id : stranded) {
            link_in(nodes_, codec_, id, 0, ef_, *search, *scratch_);
            if (in_tree_[id]) continue;
            attach(id, tree_.front());
            settle_waiting();
        }
        return stranded.size();
    }

    graph& nodes_;
    const Codec& codec_;
    std::size_t ef_;
    std::size_t live_;
    std::vector<slot> tree_;     // parents before their children
    std::vector<bool> in_tree_;  // by slot
    std::vector<slot> waiting_;  // nodes that a full one leads to
    std::vector<slot> full_;     // by slot: that full one
    std::size_t settled_ = 0;    // how many of those that waited wait no more
    lease<insert_scratch> scratch_;
};

/// Makes the anchor tree of a graph anew. Its lists are clean (build/clean_links.hpp), those of live nodes lead to live nodes,
/// and its entry point is sound. Nodes that cannot be reached are linked in by a search for their `ef` nearest. Searches may
/// run beside it, writers may not. O(links), and a search for every node that is linked in, how many of which it returns.
/// Throws std::bad_alloc; searches then work as before, but not every node has an anchor.
template <codec Codec>
std::size_t rebuild_anchors(graph& nodes, const Codec& codec, std::size_t ef) {
    return anchor_builder<Codec>(nodes, codec, ef).run();
}

}  // namespace sextant::inline SEXTANT_ABI
