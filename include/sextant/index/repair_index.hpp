#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "../build/reclaim.hpp"
#include "../build/repair.hpp"
#include "../core/types.hpp"
#include "../graph/integrity_report.hpp"
#include "../graph/node_states.hpp"
#include "../graph/validate.hpp"
#include "../graph/validate_keys.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What there is and what is wrong with the nodes, links and keys of an index; nothing, unless memory or a file is bad.
/// Searches may run beside it; writers wait. O(nodes + links). Throws std::bad_alloc and what hashing a key throws.
template <class State>
integrity_report validate_index(State& s) {
    const std::scoped_lock alone(s.gate);
    s.make_findable();
    integrity_report report = validate(s.nodes);
    validate_keys(s.nodes, s.keys, s.size.load(std::memory_order_relaxed), report);
    return report;
}

/// Lets every live node's key lead to it again. Of live nodes with equal keys the first keeps it and the others become dead,
/// as do those that never had one. Returns how many these are. The caller has the gate alone. Throws as validate_index(), and the
/// keys are then as before.
template <class State>
std::size_t repair_keys(State& s) {
    std::vector<slot> nameless;
    for (std::size_t i = s.keys.end(); i < s.nodes.end(); ++i) {
        if (is_live(s.nodes, static_cast<slot>(i))) nameless.push_back(static_cast<slot>(i));
    }
    s.keys.rebuild([&](slot id) { return id < s.nodes.end() && is_live(s.nodes, id); },
                   [&](slot id) { nameless.push_back(id); });
    for (const slot id : nameless) {
        s.nodes.hide_one();
        s.nodes.kill(id);
        retire(s.nodes, id);
    }
    return nameless.size();
}

/// Makes an index sound, whatever validate_index() says of it, and its size() right. Searches may run beside it; writers wait.
/// Cost as repair(). Throws std::bad_alloc and what hashing a key throws: the index then answers, and it may be tried again.
template <class State>
repair_report repair_index(State& s) {
    const std::scoped_lock alone(s.gate);
    integrity_report keys;
    validate_keys(s.nodes, s.keys, 0, keys);
    const std::size_t given_up = keys.lost_keys + keys.stray_keys > 0 ? repair_keys(s) : 0;
    repair_report done = repair(s.nodes, s.codec, s.options.ef_construction);
    done.nodes_given_up = given_up;
    s.size.store(count_live(s.nodes), std::memory_order_release);
    return done;
}

}  // namespace sextant::inline SEXTANT_ABI
