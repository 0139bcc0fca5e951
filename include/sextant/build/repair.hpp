#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "../core/config.hpp"
#include "../graph/graph.hpp"
#include "../graph/node_states.hpp"
#include "../graph/reachability.hpp"
#include "../graph/validate.hpp"
#include "../parallel/lease.hpp"
#include "../search/scratch.hpp"
#include "clean_links.hpp"
#include "entry.hpp"
#include "link_in.hpp"
#include "mend.hpp"
#include "rebuild_anchors.hpp"
#include "reclaim.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What repair() did.
struct repair_report {
    std::size_t nodes_given_up = 0;   ///< because another has their key: they count as erased
    std::size_t demoted = 0;          ///< nodes put on level 0 because their upper lists were not theirs
    std::size_t dropped_links = 0;    ///< links that led nowhere they should
    std::size_t mended_lists = 0;     ///< lists that led to erased nodes, and lead to these nodes' neighbours now
    bool entry_moved = false;         ///< the entry point is another node than before
    std::size_t linked_in = 0;        ///< nodes that could not be reached and were linked anew on level 0
    std::size_t linked_in_above = 0;  ///< the same on higher levels, counted once for each
};

inline std::string to_string(const repair_report& report) {
    return std::to_string(report.nodes_given_up) + " nodes given up, " + std::to_string(report.demoted) +
           " demoted, " + std::to_string(report.dropped_links) + " links dropped, " + std::to_string(report.mended_lists) +
           " lists mended, entry point " + (report.entry_moved ? "moved, " : "kept, ") + std::to_string(report.linked_in) +
           " nodes linked in, " + std::to_string(report.linked_in_above) + " times on higher levels\n";
}

/// Puts nodes whose upper lists are not to be trusted on level 0 and returns how many there were.
inline std::size_t demote_unsound(const graph& nodes, std::span<const std::uint8_t> levels) noexcept {
    std::size_t demoted = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        node& n = nodes.at(static_cast<slot>(i));
        if (n.level == levels[i]) continue;
        n.level = 0;
        n.upper = no_slot;
        ++demoted;
    }
    return demoted;
}

/// Frees all lists of links to dead nodes (build/mend.hpp), and returns how many lists of live nodes had any.
template <codec Codec>
std::size_t mend_all(graph& nodes, const Codec& codec) {
    const lease<insert_scratch> scratch;
    scratch->selection.reserve(mending_room(nodes), nodes.capacity(0), codec.query_bytes());
    return sweep(nodes, codec, 0, nodes.end(), scratch->selection);
}

/// Makes a live node of the highest level the entry point, the present one if it is one. Returns whether it changed.
inline bool choose_entry(graph& nodes) noexcept {
    const std::scoped_lock lock(nodes.entry_mutex());
    const entry_point before = nodes.entry();
    slot best = highest_live(nodes);
    const bool stays = best != no_slot && before.id < nodes.end() && is_live(nodes, before.id) &&
                       nodes.at(before.id).level == nodes.at(best).level;
    if (stays) best = before.id;
    nodes.replace_entry(before, best == no_slot ? entry_point{} : entry_point{best, nodes.at(best).level});
    return best != before.id;
}

/// Links in the nodes that no way down from the entry point leads to on their higher levels, so that searches pass through
/// them. Returns how often it did.
template <codec Codec>
std::size_t link_in_above(graph& nodes, const Codec& codec, std::span<const std::uint8_t> levels, std::size_t ef) {
    const entry_point entry = nodes.entry();
    if (!entry.exists()) return 0;
    std::size_t linked = 0;
    std::vector<bool> met(levels.size(), false);
    std::vector<slot> open;
    met[entry.id] = true;
    const lease<search_scratch> search;
    const lease<insert_scratch> scratch;
    for (unsigned level = entry.level; level > 0; --level) {
        const auto reach = [&](slot id) {
            met[id] = true;
            open.push_back(id);
            mark_reachable(nodes, levels, level, met, open);
        };
        for (std::size_t i = 0; i < met.size(); ++i) {
            if (met[i] && levels[i] >= level) reach(static_cast<slot>(i));
        }
        each_live(nodes, [&](slot id) {
            if (met[id] || levels[id] < level) return;
            link_in(nodes, codec, id, level, ef, *search, *scratch);
            reach(id);
            ++linked;
        });
    }
    return linked;
}

/// Makes a graph sound again, whatever validate() says of it, out of the links that it has and searches for `ef` neighbours
/// where they do not suffice; afterwards validate() finds nothing. Searches may run beside it unless nodes have levels that are
/// not theirs, which makes searching unsafe before as well; writers may not. O(nodes + links), some distances for each link
/// to an erased node, and a search for each node that cannot be reached. Throws std::bad_alloc; searches and inserts then
/// work, and repair may be tried again.
template <codec Codec>
repair_report repair(graph& nodes, const Codec& codec, std::size_t ef) {
    repair_report done;
    const std::vector<std::uint8_t> levels = sound_levels(nodes);
    done.demoted = demote_unsound(nodes, levels);
    done.dropped_links = clean_links(nodes, levels);
    done.mended_lists = mend_all(nodes, codec);
    done.entry_moved = choose_entry(nodes);
    done.linked_in_above = link_in_above(nodes, codec, levels, ef);
    done.linked_in = rebuild_anchors(nodes, codec, ef);
    return done;
}

}  // namespace sextant::inline SEXTANT_ABI
