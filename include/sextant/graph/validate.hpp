#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "../core/random.hpp"
#include "graph.hpp"
#include "integrity_report.hpp"
#include "node_states.hpp"
#include "reachability.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The levels of all nodes by slot, with 0 for those whose upper lists are not to be trusted: outside the arena, or lists that
/// a node before them has.
inline std::vector<std::uint8_t> sound_levels(const graph& nodes) {
    std::vector<std::uint8_t> levels(nodes.end());
    std::vector<bool> taken(nodes.upper_end(), false);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const node& n = nodes.at(static_cast<slot>(i));
        if (n.level == 0 || n.level > max_level || std::size_t{n.upper} + n.level > taken.size()) continue;
        const auto first = taken.begin() + static_cast<std::ptrdiff_t>(n.upper);
        const auto last = first + static_cast<std::ptrdiff_t>(n.level);
        if (std::find(first, last, true) != last) continue;
        std::fill(first, last, true);
        levels[i] = n.level;
    }
    return levels;
}

/// Looks at every node and every link of a graph, however damaged, and reads nothing that it has not checked to be there.
/// Searches may run beside it, writers may not. O(nodes + links) time, some 20 bytes a node. Throws std::bad_alloc.
class graph_validator {
public:
    explicit graph_validator(const graph& nodes) : nodes_(nodes), levels_(sound_levels(nodes)) {}

    integrity_report run() {
        count_nodes();
        check_links();
        check_entry();
        check_parents();
        return std::move(report_);
    }

private:
    void count_nodes() {
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            const auto id = static_cast<slot>(i);
            const bool live = is_live(nodes_, id);
            ++(live ? report_.live : is_dead(nodes_, id) ? report_.dead : report_.vacant);
            if (nodes_.at(id).level != levels_[i]) ++report_.bad_levels;
            if (live && report_.levels.size() <= levels_[i]) report_.levels.resize(levels_[i] + 1u);
        }
    }

    void check_links() {
        std::vector<std::uint64_t> named_by(levels_.size(), 0);  // the list, counted from 1, that last named the node
        std::vector<bool> linked(levels_.size(), false);
        std::uint64_t lists = 0;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            const auto id = static_cast<slot>(i);
            for (unsigned level = 0; level <= levels_[i]; ++level) {
                const link_list list = nodes_.links(id, level);
                report_.hidden_links += list.hidden();
                if (!is_used(nodes_, id)) {
                    report_.links_of_vacant += list.size();
                    continue;
                }
                const bool live = is_live(nodes_, id);
                if (live) count_degree(report_.levels[level], list.size());
                ++lists;
                list.each([&](slot other) {
                    if (std::size_t* const fault = fault_of(id, level, other)) {
                        ++*fault;
                    } else if (std::exchange(named_by[other], lists) == lists) {
                        ++report_.duplicate_links;
                    } else {
                        if (level == 0) linked[other] = true;
                        report_.links_to_dead += live && is_dead(nodes_, other) ? 1u : 0u;
                    }
                });
            }
        }
        const entry_point entry = nodes_.entry();
        each_live(nodes_, [&](slot id) { report_.orphans += !linked[id] && id != entry.id ? 1u : 0u; });
    }

    static void count_degree(level_report& level, std::size_t links) noexcept {
        level.fewest = level.nodes == 0 ? links : std::min(level.fewest, links);
        level.most = std::max(level.most, links);
        level.links += links;
        ++level.nodes;
    }

    /// Where to count what is wrong with a link by itself; null if nothing is.
    std::size_t* fault_of(slot id, unsigned level, slot other) noexcept {
        if (other >= levels_.size()) return &report_.links_out_of_range;
        if (other == id) return &report_.self_links;
        if (!is_used(nodes_, other)) return &report_.links_to_vacant;
        if (levels_[other] < level) return &report_.links_to_lower;
        return nullptr;
    }

    void check_entry() {
        const entry_point entry = nodes_.entry();
        if (!entry.exists()) {
            report_.bad_entry = report_.live > 0 ? 1 : 0;
            report_.unreachable = report_.live;
            for (level_report& level : report_.levels) level.unreachable = level.nodes;
            return;
        }
        const bool there = entry.id < levels_.size() && is_live(nodes_, entry.id);
        report_.bad_entry = there && entry.level == levels_[entry.id] && entry.level + 1u == report_.levels.size() ? 0 : 1;
        std::vector<bool> met(levels_.size(), false);
        std::vector<slot> open;
        if (there) met[entry.id] = true;
        for (std::size_t level = report_.levels.size(); level-- > 0;) {
            if (level == 0) met.assign(met.size(), false);
            if (level == 0 && there) met[entry.id] = true;
            for (std::size_t i = 0; i < met.size(); ++i) {
                if (met[i] && levels_[i] >= level) open.push_back(static_cast<slot>(i));
            }
            mark_reachable(nodes_, levels_, static_cast<unsigned>(level), met, open);
            each_live(nodes_, [&](slot id) { report_.levels[level].unreachable += levels_[id] >= level && !met[id] ? 1u : 0u; });
        }
        report_.unreachable = report_.levels.empty() ? 0 : report_.levels[0].unreachable;
    }

    slot parent_of(slot id) const noexcept { return nodes_.at(id).parent.load(std::memory_order_relaxed); }

    void check_parents() {
        std::size_t roots = 0;
        std::vector<std::uint32_t> children(levels_.size(), 0);
        each_live(nodes_, [&](slot id) {
            const slot parent = parent_of(id);
            if (parent == tree_root) {
                ++roots;
            } else if (parent == id || parent >= levels_.size() || !is_live(nodes_, parent)) {
                ++report_.bad_parents;
            } else {
                ++children[parent];
                report_.unpinned += nodes_.links(id).contains(parent) ? 0u : 1u;
                report_.unpinned += nodes_.links(parent).contains(id) ? 0u : 1u;
            }
        });
        const std::size_t wanted = report_.live > 0 ? 1 : 0;
        report_.wrong_roots = std::max(roots, wanted) - std::min(roots, wanted);
        each_live(nodes_, [&](slot id) {
            const bool right = children[id] == nodes_.at(id).children && children[id] <= nodes_.degree();
            report_.wrong_child_counts += right ? 0u : 1u;
        });
        check_ways_up();
    }

    /// Follows parents from every node to one whose fate is known, so that each is passed once.
    void check_ways_up() {
        enum : std::uint8_t { unknown, under_way, rooted, astray };
        std::vector<std::uint8_t> fate(levels_.size(), unknown);
        std::vector<slot> way;
        each_live(nodes_, [&](slot id) {
            std::uint8_t end = unknown;
            slot at = id;
            while (end == unknown) {
                if (at == tree_root) {
                    end = rooted;
                } else if (at >= levels_.size() || !is_live(nodes_, at) || fate[at] == under_way) {
                    end = astray;
                } else if (fate[at] != unknown) {
                    end = fate[at];
                } else {
                    fate[at] = under_way;
                    way.push_back(at);
                    at = parent_of(at);
                }
            }
            for (const slot passed : way) {
                fate[passed] = end;
                report_.cut_off += end == astray ? 1u : 0u;
            }
            way.clear();
        });
    }

    const graph& nodes_;
    std::vector<std::uint8_t> levels_;
    integrity_report report_;
};

/// What is wrong with a graph, all but its keys (graph/validate_keys.hpp). As graph_validator.
inline integrity_report validate(const graph& nodes) { return graph_validator(nodes).run(); }

}  // namespace sextant::inline SEXTANT_ABI
