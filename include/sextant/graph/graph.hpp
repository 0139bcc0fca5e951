#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

#include "../core/error.hpp"
#include "../core/random.hpp"
#include "../memory/arena.hpp"
#include "change_log.hpp"
#include "links.hpp"
#include "node.hpp"
#include "prefetch.hpp"
#include "record.hpp"
#include "retired.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Where a search begins: a node of the highest level.
struct entry_point {
    slot id = no_slot;
    unsigned level = 0;

    bool exists() const noexcept { return id != no_slot; }
};

/// The nodes of an HNSW graph: their codes, links and levels, and the entry point. It knows nothing of distances or keys.
///
/// Thread-safety: everything but the lists' writing functions may be called from any thread at any time.
class graph {
public:
    /// `cold_bytes`: of what is kept of each node apart from the records, for re-ranking.
    graph(std::size_t code_bytes, std::size_t degree, std::uint64_t seed, std::size_t cold_bytes = 0) noexcept
        : degree_(degree),
          seed_(seed),
          layout_(degree, code_bytes),
          records_(layout_.stride),
          nodes_(sizeof(node)),
          upper_(round_up(degree * sizeof(slot), cache_line)),
          cold_bytes_(cold_bytes),
          cold_(round_up(cold_bytes, cache_line)),
          prefetching_(default_prefetch(code_bytes)) {}

    std::size_t degree() const noexcept { return degree_; }
    std::size_t capacity(unsigned level) const noexcept { return level == 0 ? 2 * degree_ : degree_; }

    /// One more than the highest slot ever allocated.
    std::size_t end() const noexcept { return end_.load(std::memory_order_acquire); }

    SEXTANT_INLINE const std::byte* code(slot id) const noexcept { return records_.at(id) + layout_.code_offset; }
    SEXTANT_INLINE std::byte* code(slot id) noexcept { return records_.at(id) + layout_.code_offset; }

    const std::byte* cold(slot id) const noexcept { return cold_.at(id); }
    std::byte* cold(slot id) noexcept { return cold_.at(id); }

    SEXTANT_INLINE link_list links(slot id) const noexcept { return {records_.at(id), 2 * degree_}; }

    SEXTANT_INLINE link_list links(slot id, unsigned level) const noexcept {
        return level == 0 ? links(id) : link_list(upper_.at(at(id).upper + level - 1), degree_);
    }

    SEXTANT_INLINE node& at(slot id) const noexcept {
        return *std::launder(reinterpret_cast<node*>(nodes_.at(id)));
    }

    entry_point entry() const noexcept {
        const std::uint64_t packed = entry_.load();
        return {static_cast<slot>(packed), static_cast<unsigned>(packed >> 32)};
    }

    /// Whether a node is higher than the entry point, or there is none.
    bool rises(slot id) const noexcept {
        const entry_point now = entry();
        return !now.exists() || at(id).level > now.level;
    }

    /// Makes a complete node the entry point if it is higher than the present one.
    void raise_entry(slot id) noexcept {
        const std::uint64_t packed = pack({id, at(id).level});
        std::uint64_t now = entry_.load();
        while ((static_cast<slot>(now) == no_slot || at(id).level > now >> 32) && !entry_.compare_exchange_weak(now, packed)) {}
    }

    /// Puts another entry point, or none, in the place of `from`; false if it is no longer that.
    bool replace_entry(entry_point from, entry_point to) noexcept {
        std::uint64_t expected = pack(from);
        return entry_.compare_exchange_strong(expected, pack(to));
    }

    /// Held while a node that will become the entry point is inserted, because two such nodes must see each other, and
    /// while another is looked for. Taken before tree_mutex().
    std::mutex& entry_mutex() const noexcept { return entry_mutex_; }

    /// Held while the anchor tree changes otherwise than by new leaves (build/anchor.hpp).
    std::mutex& tree_mutex() const noexcept { return tree_mutex_; }

    /// A fresh node, its links empty, its level drawn, its code to be written. Throws std::bad_alloc or errc::too_many,
    /// with nothing changed.
    slot allocate() {
        const std::scoped_lock lock(growth_);
        if (free_ != no_slot) {
            const slot id = free_;
            free_ = at(id).parent.exchange(no_slot, std::memory_order_relaxed);
            return id;
        }
        const std::size_t id = end_.load(std::memory_order_relaxed);
        return append(draw_level(seed_, static_cast<slot>(id), degree_));
    }

    /// The same at the next slot, with a level that was drawn elsewhere. Errors: as above.
    slot allocate_at(unsigned level) {
        const std::scoped_lock lock(growth_);
        return append(level);
    }

    /// The level that the next node to be allocated will have, if nobody allocates in between.
    unsigned next_level() noexcept {
        const std::scoped_lock lock(growth_);
        return free_ != no_slot ? at(free_).level
                                : draw_level(seed_, static_cast<slot>(end_.load(std::memory_order_relaxed)), degree_);
    }

    /// Takes back a node that nothing leads to.
    void release(slot id) noexcept {
        const std::scoped_lock lock(growth_);
        for (unsigned level = 0; level <= at(id).level; ++level) links(id, level).assign({});
        at(id).children = 0;
        at(id).state.store(node_state::vacant, std::memory_order_relaxed);
        at(id).parent.store(free_, std::memory_order_relaxed);
        free_ = id;
    }

    /// Puts memory behind `count` nodes, so that the next allocations cannot fail on theirs. Throws std::bad_alloc.
    void reserve(std::size_t count) {
        if (count > max_slots) raise(errc::too_many, "an index holds at most 2^31 - 1 vectors");
        const std::scoped_lock lock(growth_);
        records_.commit(count);
        nodes_.commit(count);
        if (cold_bytes_ > 0) cold_.commit(count);
    }

    /// How many nodes searches may meet and must not return: those that are dead or pending.
    std::size_t hidden() const noexcept { return hidden_.load(std::memory_order_acquire); }
    void hide_one() noexcept { hidden_.fetch_add(1, std::memory_order_acq_rel); }
    void unhide_one() noexcept { hidden_.fetch_sub(1, std::memory_order_acq_rel); }

    retired_nodes& retired() noexcept { return retired_; }

    /// Makes a live node dead.
    void kill(slot live) noexcept { changes_.kill(at(live)); }

    /// Makes a pending node live and the live node it replaces dead, in one step.
    void replace(slot live, slot pending) noexcept { changes_.replace(at(live), at(pending), pending); }

    const change_log& changes() const noexcept { return changes_; }

    /// Takes over the nodes of another graph of the same layout that has never held a dead one, and leaves it to be
    /// destroyed. Nobody uses either meanwhile.
    void take(graph& other) noexcept {
        records_.swap(other.records_);
        nodes_.swap(other.nodes_);
        upper_.swap(other.upper_);
        cold_.swap(other.cold_);
        entry_ = other.entry_.load();
        end_ = other.end_.load();
        upper_end_ = other.upper_end_;
        free_ = other.free_;
        hidden_ = 0;
        retired_.reset();
    }

    /// How searches fetch codes ahead. Searches that are under way may use the plan before.
    prefetch_plan prefetching() const noexcept { return prefetching_.load(std::memory_order_relaxed); }
    void set_prefetching(prefetch_plan plan) noexcept { prefetching_.store(plan, std::memory_order_relaxed); }

    std::size_t code_and_link_bytes() const noexcept { return records_.bytes(); }
    std::size_t record_bytes() const noexcept { return layout_.stride; }
    std::size_t code_offset() const noexcept { return layout_.code_offset; }
    std::size_t cold_bytes() const noexcept { return cold_.bytes(); }
    std::size_t node_bytes() const noexcept { return nodes_.bytes(); }
    std::size_t upper_bytes() const noexcept { return upper_.bytes(); }

    /// How many lists of upper levels there are, those of all nodes. A node's are [upper, upper + level).
    std::size_t upper_end() const noexcept {
        const std::scoped_lock lock(growth_);
        return upper_end_;
    }

private:
    friend struct graph_access;

    static std::uint64_t pack(entry_point entry) noexcept { return (std::uint64_t{entry.level} << 32) | entry.id; }

    slot append(unsigned level) {
        const std::size_t id = end_.load(std::memory_order_relaxed);
        if (id >= max_slots) raise(errc::too_many, "an index holds at most 2^31 - 1 vectors");
        if (upper_end_ + level > max_slots) raise(errc::too_many, "an index holds at most 2^31 - 1 lists of upper levels");
        records_.commit(id + 1);
        nodes_.commit(id + 1);
        upper_.commit(upper_end_ + level);
        if (cold_bytes_ > 0) cold_.commit(id + 1);
        construct(static_cast<slot>(id), level);
        end_.store(id + 1, std::memory_order_release);
        return static_cast<slot>(id);
    }

    void construct(slot id, unsigned level) noexcept {
        node& fresh = *::new (static_cast<void*>(nodes_.at(id))) node;
        fresh.level = static_cast<std::uint8_t>(level);
        if (level > 0) fresh.upper = static_cast<slot>(upper_end_);
        upper_end_ += level;
        for (unsigned l = 0; l <= level; ++l) links(id, l).construct();
    }

    std::size_t degree_;
    std::uint64_t seed_;
    record_layout layout_;
    arena records_;
    arena nodes_;
    arena upper_;
    std::size_t cold_bytes_;
    arena cold_;
    std::atomic<prefetch_plan> prefetching_;
    std::atomic<std::uint64_t> entry_ = no_slot;  // level << 32 | slot
    std::atomic<std::size_t> end_ = 0;
    std::size_t upper_end_ = 0;
    slot free_ = no_slot;  // nodes given back, chained through `parent`
    mutable std::mutex growth_;
    mutable std::mutex entry_mutex_;
    mutable std::mutex tree_mutex_;
    std::atomic<std::size_t> hidden_ = 0;
    change_log changes_;
    retired_nodes retired_;
};

}  // namespace sextant::inline SEXTANT_ABI
