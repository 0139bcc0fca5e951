#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The links of one level, of live nodes.
struct level_report {
    std::size_t nodes = 0;
    std::size_t links = 0;
    std::size_t fewest = 0;       ///< links of a node
    std::size_t most = 0;
    std::size_t unreachable = 0;  ///< nodes that no way down from the entry point leads to on this level

    double mean() const noexcept { return nodes == 0 ? 0.0 : static_cast<double>(links) / static_cast<double>(nodes); }
};

/// What validate() found. Each fault is counted once, under the first name that fits.
struct integrity_report {
    // What there is.
    std::size_t live = 0;                  ///< nodes that searches return
    std::size_t dead = 0;                  ///< erased and not yet given back
    std::size_t vacant = 0;                ///< slots that wait for a vector
    std::size_t links_to_dead = 0;         ///< which is no fault: erasing mends lists bit by bit
    std::vector<level_report> levels;      ///< from 0 to the highest; unreachable nodes are a fault on level 0 alone

    // What is wrong with links, of live and dead nodes.
    std::size_t bad_levels = 0;            ///< nodes whose upper lists lie outside the arena or are another's
    std::size_t links_out_of_range = 0;    ///< to slots that were never allocated
    std::size_t links_to_vacant = 0;
    std::size_t links_to_lower = 0;        ///< on a level that the other node does not reach
    std::size_t self_links = 0;
    std::size_t duplicate_links = 0;       ///< to a node that the same list has named before
    std::size_t hidden_links = 0;          ///< ids behind the end of a list
    std::size_t links_of_vacant = 0;
    std::size_t unreachable = 0;           ///< live nodes that links of level 0 do not lead to from the entry point
    std::size_t orphans = 0;               ///< live nodes but the entry point that no node links to on level 0
    std::size_t bad_entry = 0;             ///< 1 if there is none for live nodes, or one that is not live or not the highest

    // What is wrong with the anchor tree (build/anchor.hpp).
    std::size_t wrong_roots = 0;           ///< by how many roots there are more, or fewer, than the one for live nodes
    std::size_t bad_parents = 0;           ///< live nodes whose parent is themselves, not live or out of range
    std::size_t cut_off = 0;               ///< live nodes whose parents never lead to a root
    std::size_t wrong_child_counts = 0;    ///< live nodes that count their children wrong, or have more than the degree
    std::size_t unpinned = 0;              ///< links missing between a node and its parent

    // What is wrong with the keys.
    std::size_t lost_keys = 0;             ///< live nodes that their key does not lead to
    std::size_t stray_keys = 0;            ///< keys that lead to a slot that is not live
    std::size_t wrong_size = 0;            ///< by how much size() differs from the count of live nodes

    /// Calls f(count, name) for every kind of fault.
    template <class F>
    void each_fault(F&& f) const {
        f(bad_levels, "nodes with unsound levels");
        f(links_out_of_range, "links out of range");
        f(links_to_vacant, "links to vacant slots");
        f(links_to_lower, "links to nodes below their level");
        f(self_links, "links of a node to itself");
        f(duplicate_links, "links that were there before");
        f(hidden_links, "links behind the end of a list");
        f(links_of_vacant, "links of vacant slots");
        f(unreachable, "unreachable nodes");
        f(orphans, "nodes that no one links to");
        f(bad_entry, "unsound entry point");
        f(wrong_roots, "roots too many or too few");
        f(bad_parents, "nodes with an unsound parent");
        f(cut_off, "nodes cut off from the root");
        f(wrong_child_counts, "nodes that count their children wrong");
        f(unpinned, "links missing between parent and child");
        f(lost_keys, "nodes whose key does not lead to them");
        f(stray_keys, "keys that lead nowhere");
        f(wrong_size, "off in size()");
    }

    /// Whether nothing is wrong.
    bool ok() const {
        bool sound = true;
        each_fault([&](std::size_t count, const char*) { sound = sound && count == 0; });
        return sound;
    }
};

/// The report in words, a line for each level and each fault.
inline std::string to_string(const integrity_report& report) {
    std::string text = report.ok() ? "sound: " : "damaged: ";
    text += std::to_string(report.live) + " live, " + std::to_string(report.dead) + " dead, " +
            std::to_string(report.vacant) + " vacant, " + std::to_string(report.links_to_dead) + " links to dead nodes\n";
    for (std::size_t level = 0; level < report.levels.size(); ++level) {
        const level_report& l = report.levels[level];
        text += "level " + std::to_string(level) + ": " + std::to_string(l.nodes) + " nodes with " +
                std::to_string(l.fewest) + " to " + std::to_string(l.most) + " links, on average " +
                std::to_string(l.mean()) + "; " + std::to_string(l.unreachable) + " unreachable\n";
    }
    report.each_fault([&](std::size_t count, const char* name) {
        if (count > 0) text += std::to_string(count) + " " + name + "\n";
    });
    return text;
}

}  // namespace sextant::inline SEXTANT_ABI
