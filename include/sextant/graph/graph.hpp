#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

#include "../core/error.hpp"
#include "../core/random.hpp"
#include "../memory/arena.hpp"
#include "links.hpp"
#include "node.hpp"
#include "prefetch.hpp"
#include "record.hpp"

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
        const std::uint64_t packed = entry_.load(std::memory_order_acquire);
        return {static_cast<slot>(packed), static_cast<unsigned>(packed >> 32)};
    }

    /// Makes a complete node the entry point if it is higher than the present one. Callers hold entry_mutex().
    void raise_entry(slot id) noexcept {
        const entry_point now = entry();
        const unsigned level = at(id).level;
        if (now.exists() && level <= now.level) return;
        entry_.store((std::uint64_t{level} << 32) | id, std::memory_order_release);
    }

    /// Makes another node, or none, the entry point whatever there was before.
    void set_entry(entry_point to) noexcept {
        entry_.store((std::uint64_t{to.level} << 32) | to.id, std::memory_order_release);
    }

    /// Held while a node that will become the entry point is inserted: two such nodes must see each other.
    std::mutex& entry_mutex() const noexcept { return entry_mutex_; }

    /// A fresh node, its links empty, its level drawn, its code to be written. Throws std::bad_alloc or errc::too_many,
    /// with nothing changed.
    slot allocate() {
        const std::scoped_lock lock(growth_);
        if (free_ != no_slot) {
            const slot id = free_;
            free_ = at(id).parent.exchange(no_slot, std::memory_order_relaxed);
            return id;
        }
        return append(draw_level(seed_, static_cast<slot>(end_.load(std::memory_order_relaxed)), degree_));
    }

    /// The same behind all others and on a level, at most max_level, that is given: by a file, which has drawn it before.
    slot allocate(unsigned level) {
        const std::scoped_lock lock(growth_);
        return append(level);
    }

    /// The level that the next node to be allocated will have, if nobody allocates in between.
    unsigned next_level() noexcept {
        const std::scoped_lock lock(growth_);
        return free_ != no_slot ? at(free_).level
                                : draw_level(seed_, static_cast<slot>(end_.load(std::memory_order_relaxed)), degree_);
    }

    /// Takes back a node that was allocated and never linked.
    void release(slot id) noexcept {
        const std::scoped_lock lock(growth_);
        for (unsigned level = 0; level <= at(id).level; ++level) links(id, level).assign({});
        at(id).children = 0;
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
    slot append(unsigned level) {
        const std::size_t id = end_.load(std::memory_order_relaxed);
        if (id >= max_slots) raise(errc::too_many, "an index holds at most 2^31 - 1 vectors");
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
};

}  // namespace sextant::inline SEXTANT_ABI
