#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "../core/concepts.hpp"
#include "../core/random.hpp"
#include "../core/siphash.hpp"
#include "../core/types.hpp"
#include "../memory/arena.hpp"
#include "../parallel/spinlock.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The key of every slot, and the slot of every key. Keys lie in an arena by slot, which is all that a search reads; the
/// way back is sixteen open-addressed tables of slots, each under its own lock, so that growing one never holds up the
/// others for long. A table stores no key: it compares with the arena's.
template <class Key, class Hash>
    requires hashable_key<Key, Hash>
class key_map {
public:
    explicit key_map(const Hash& hash = Hash()) : hash_(hash), keys_(sizeof(Key)) {}
    key_map(const key_map&) = delete;
    key_map& operator=(const key_map&) = delete;

    ~key_map() {
        for (std::size_t id = 0; id < end_; ++id) at(static_cast<slot>(id)).~Key();
    }

    /// The key of a slot that assign() was called on.
    const Key& operator[](slot id) const noexcept { return at(id); }

    /// Names a slot before it is claimed. Slots come in any order; those in between get default keys. Throws what copying
    /// a key throws, and std::bad_alloc.
    void assign(slot id, const Key& key) {
        const std::scoped_lock lock(growth_);
        keys_.commit(std::size_t{id} + 1);
        for (; end_ <= id; ++end_) ::new (static_cast<void*>(keys_.at(static_cast<slot>(end_)))) Key();
        at(id) = key;
    }

    /// Takes the keys of the slots [0, count) from where they lie, for ever; nothing is assigned afterwards.
    void borrow(const std::byte* keys, std::size_t count) noexcept
        requires std::is_trivially_copyable_v<Key>
    {
        keys_.borrow(keys, count);
        end_ = count;
    }

    /// Puts memory behind `count` keys.
    void reserve(std::size_t count) {
        const std::scoped_lock lock(growth_);
        keys_.commit(count);
    }

    /// Exchanges the keys of two maps that nobody else uses meanwhile, one of which was made with the other's hash().
    void swap(key_map& other) noexcept {
        keys_.swap(other.keys_);
        std::swap(end_, other.end_);
        for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].swap(other.tables_[i]);
        std::swap(seed_, other.seed_);
    }

    /// It may hold a secret of its own, by which keys are found here and nowhere else.
    const Hash& hash() const noexcept { return hash_; }

    /// Makes the slot's key findable; false, with nothing changed, if the key is already there. Throws std::bad_alloc.
    bool claim(slot id) {
        const std::size_t hash = hash_of(at(id));
        table& t = table_of(hash);
        const std::scoped_lock lock(t.lock);
        if (t.cell_of(*this, hash, at(id)) != nullptr) return false;
        t.add(*this, hash, id);
        return true;
    }

    /// Makes the slot's key lead to this slot. Returns the slot that it led to before, or no_slot if the key is new. Throws
    /// std::bad_alloc.
    slot claim_or_replace(slot id) {
        const std::size_t hash = hash_of(at(id));
        table& t = table_of(hash);
        const std::scoped_lock lock(t.lock);
        if (slot* const cell = t.cell_of(*this, hash, at(id))) return std::exchange(*cell, id);
        t.add(*this, hash, id);
        return no_slot;
    }

    /// Forgets a key if may_forget(slot) says so, which is asked while nobody can claim the key and nothing can fail any more.
    /// Returns the slot that it led to, or no_slot if it is not there. Throws what hashing a key throws, others than this
    /// one too, with nothing changed.
    template <class F>
    slot unclaim_if(const Key& key, F&& may_forget) {
        const std::size_t hash = hash_of(key);
        table& t = table_of(hash);
        const std::scoped_lock lock(t.lock);
        slot* const cell = t.cell_of(*this, hash, key);
        if (cell == nullptr) return no_slot;
        const slot id = *cell;
        const std::size_t last = t.move_last(*this, static_cast<std::size_t>(cell - t.cells.get()));
        if (may_forget(id)) t.remove(last);
        return id;
    }

    /// The slot of a key, or no_slot.
    slot find(const Key& key) const {
        const std::size_t hash = hash_of(key);
        const table& t = table_of(hash);
        const std::scoped_lock lock(t.lock);
        const slot* const cell = t.cell_of(*this, hash, key);
        return cell == nullptr ? no_slot : *cell;
    }

    /// How many slots, from 0, have a key.
    std::size_t end() const {
        const std::scoped_lock lock(growth_);
        return end_;
    }

    /// Calls f(slot) for every slot that a key leads to, in no order. f must not ask the map for anything but keys.
    template <class F>
    void each_claimed(F&& f) const {
        for (const table& t : tables_) {
            const std::scoped_lock lock(t.lock);
            for (std::size_t i = 0; i < t.capacity; ++i) {
                if (t.cells[i] != no_slot) f(t.cells[i]);
            }
        }
    }

    class distinct_keys;

    /// Makes the keys of those slots findable that wanted(slot) names, and no others. Of slots with equal keys the first is
    /// taken and refused(slot) called for the others. Lookups may run beside it, other changes may not. Throws
    /// std::bad_alloc, with nothing changed.
    template <class Wanted, class Refused>
    void rebuild(Wanted&& wanted, Refused&& refused) {
        distinct_keys fresh(*this);
        for (std::size_t i = 0; i < end_; ++i) {
            const auto id = static_cast<slot>(i);
            if (wanted(id) && !fresh.add(id)) refused(id);
        }
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            const std::scoped_lock lock(tables_[i].lock);
            tables_[i].swap(fresh.tables_[i]);
        }
    }

    std::size_t bytes() const noexcept {
        std::size_t total = keys_.bytes();
        for (const table& t : tables_) {
            const std::scoped_lock lock(t.lock);
            total += t.capacity * sizeof(slot);
        }
        return total;
    }

private:
    static constexpr unsigned table_bits = 4;

    struct table {
        std::unique_ptr<slot[]> cells;
        std::uint32_t capacity = 0;  // a power of two, or 0
        std::uint32_t used = 0;
        mutable spinlock lock;

        /// Under both locks, if others use the tables.
        void swap(table& other) noexcept {
            std::swap(cells, other.cells);
            std::swap(capacity, other.capacity);
            std::swap(used, other.used);
        }

        /// Where the slot of a key is, or null.
        slot* cell_of(const key_map& map, std::size_t hash, const Key& key) const {
            if (capacity == 0) return nullptr;
            for (std::size_t i = hash;; ++i) {
                slot& cell = cells[i & (capacity - 1)];
                if (cell == no_slot) return nullptr;
                if (map.at(cell) == key) return &cell;
            }
        }

        void add(const key_map& map, std::size_t hash, slot id) {
            if (4 * (used + 1) > 3 * capacity) grow(map);
            put(hash, id);
            ++used;
        }

        /// Moves a slot to a cell which no other needs to be met from its home, and returns that: those that do change places
        /// with it. At every moment, also when hashing a key throws, each slot is found.
        std::size_t move_last(const key_map& map, std::size_t from) {
            const std::size_t mask = capacity - 1;
            for (std::size_t i = (from + 1) & mask; cells[i] != no_slot; i = (i + 1) & mask) {
                const std::size_t home = map.hash_of(map.at(cells[i])) & mask;
                if (((i - home) & mask) < ((i - from) & mask)) continue;
                std::swap(cells[from], cells[i]);
                from = i;
            }
            return from;
        }

        /// Empties a cell that move_last() returned.
        void remove(std::size_t last) noexcept {
            cells[last] = no_slot;
            --used;
        }

        void put(std::size_t hash, slot id) noexcept {
            std::size_t i = hash;
            while (cells[i & (capacity - 1)] != no_slot) ++i;
            cells[i & (capacity - 1)] = id;
        }

        void grow(const key_map& map) {
            table larger;
            larger.capacity = capacity == 0 ? 4 : 2 * capacity;
            larger.cells = std::make_unique_for_overwrite<slot[]>(larger.capacity);
            for (std::size_t i = 0; i < larger.capacity; ++i) larger.cells[i] = no_slot;
            for (std::size_t i = 0; i < capacity; ++i) {
                if (cells[i] != no_slot) larger.put(map.hash_of(map.at(cells[i])), cells[i]);
            }
            cells = std::move(larger.cells);
            capacity = larger.capacity;
        }
    };

    const Key& at(slot id) const noexcept { return *std::launder(reinterpret_cast<const Key*>(keys_.at(id))); }
    Key& at(slot id) noexcept { return *std::launder(reinterpret_cast<Key*>(keys_.at(id))); }

    // std::hash of an integer is often the integer itself, so the bits are mixed: the top ones choose the table. std::hash of
    // strings is not asked: it is no secret, and strings that it takes for one are easily found.
    std::size_t hash_of(const Key& key) const {
        if constexpr (std::same_as<Hash, std::hash<std::string>>) {
            return static_cast<std::size_t>(siphash(std::as_bytes(std::span(key)), seed_, mix(seed_)));
        } else {
            return static_cast<std::size_t>(mix(hash_(key) ^ seed_));
        }
    }

    table& table_of(std::size_t hash) noexcept { return tables_[table_index(hash)]; }
    const table& table_of(std::size_t hash) const noexcept { return tables_[table_index(hash)]; }

    static std::size_t table_index(std::size_t hash) noexcept { return hash >> (sizeof(std::size_t) * 8 - table_bits); }

    static_assert(alignof(Key) <= cache_line, "keys are stored with the alignment of a cache line at most");

    [[no_unique_address]] Hash hash_;
    /// Unlike in every map, or a file's keys could be chosen to fall all into one place. It does not help a Hash of a program's
    /// own under which keys can be found that are equal.
    std::uint64_t seed_ = mix(reinterpret_cast<std::uintptr_t>(this) ^
                              static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
    arena keys_;
    std::size_t end_ = 0;
    mutable std::mutex growth_;
    std::array<table, std::size_t{1} << table_bits> tables_;
};

/// A set of slots of a map whose keys differ. It does not make them findable.
template <class Key, class Hash>
    requires hashable_key<Key, Hash>
class key_map<Key, Hash>::distinct_keys {
public:
    explicit distinct_keys(const key_map& map) noexcept : map_(map) {}

    /// False if the slot's key is that of another in the set. Throws std::bad_alloc and what hashing a key throws.
    bool add(slot id) {
        const std::size_t hash = map_.hash_of(map_[id]);
        table& t = tables_[table_index(hash)];
        if (t.cell_of(map_, hash, map_[id]) != nullptr) return false;
        t.add(map_, hash, id);
        return true;
    }

private:
    friend class key_map;
    const key_map& map_;
    std::array<table, std::size_t{1} << table_bits> tables_;
};

}  // namespace sextant::inline SEXTANT_ABI
