#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "graph.hpp"
#include "node_states.hpp"

namespace sextant::inline SEXTANT_ABI {

/// In which order compact() lays out the vectors.
enum class slot_order {
    by_slot,      ///< as they lie now, without the gaps
    by_locality,  ///< near neighbours near each other in memory
};

struct compact_options {
    slot_order order = slot_order::by_slot;
};

/// The live nodes in the order of their slots. Throws std::bad_alloc.
inline std::vector<slot> live_slots(const graph& nodes) {
    std::vector<slot> order;
    each_live(nodes, [&](slot id) { order.push_back(id); });
    return order;
}

/// The live nodes in the order in which a walk in breadth meets them, so that nodes that are expanded together lie together.
/// Throws std::bad_alloc.
inline std::vector<slot> slots_by_locality(const graph& nodes) {
    std::vector<slot> order;
    std::vector<bool> met(nodes.end(), false);
    const auto meet = [&](slot id) {
        if (met[id] || !is_live(nodes, id)) return;
        met[id] = true;
        order.push_back(id);
    };
    if (const entry_point entry = nodes.entry(); entry.exists()) meet(entry.id);
    for (std::size_t i = 0; i < order.size(); ++i) nodes.links(order[i]).each(meet);
    each_live(nodes, meet);
    return order;
}

/// Copies the live nodes of `from`, all of which `order` names, to an empty graph of the same layout: order[i] becomes slot i.
/// Nobody changes either meanwhile. Throws std::bad_alloc.
inline void copy_renumbered(const graph& from, std::span<const slot> order, graph& to, std::size_t code_bytes,
                            std::size_t cold_bytes) {
    std::vector<slot> renumbered(from.end(), no_slot);
    to.reserve(order.size());
    for (const slot id : order) renumbered[id] = to.allocate_at(from.at(id).level);

    std::vector<neighbor> links;
    for (const slot id : order) {
        const slot fresh = renumbered[id];
        std::memcpy(to.code(fresh), from.code(id), code_bytes);
        if (cold_bytes > 0) std::memcpy(to.cold(fresh), from.cold(id), cold_bytes);
        for (unsigned level = 0; level <= from.at(id).level; ++level) {
            links.clear();
            from.links(id, level).each([&](slot other) {
                if (renumbered[other] != no_slot) links.push_back({0.0f, renumbered[other]});
            });
            to.links(fresh, level).assign(links);
        }
        const slot parent = from.at(id).parent;
        to.at(fresh).parent = parent < tree_root ? renumbered[parent] : parent;
        to.at(fresh).children = from.at(id).children;
        to.at(fresh).state = node_state::live;
    }
    if (const entry_point entry = from.entry(); entry.exists()) to.raise_entry(renumbered[entry.id]);
}

}  // namespace sextant::inline SEXTANT_ABI
