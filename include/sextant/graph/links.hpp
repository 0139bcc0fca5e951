#pragma once

#include <atomic>
#include <cstddef>
#include <new>
#include <span>

#include "../core/config.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The links of one node on one level: up to `capacity` ids, ended by no_slot when there are fewer. A view; the graph
/// owns the bytes.
///
/// Readers take no lock. They may see a list while its writer rewrites it, half old and half new: every id in it is still
/// a node that is complete, so the worst that happens is a link missed or met twice. Writers hold the node's lock.
///
/// Memory order: an id is stored with release after its node is complete, and loaded with acquire before that node is
/// read. On x86 both are plain moves, on AArch64 single instructions.
class link_list {
public:
    using cell = std::atomic<slot>;
    static_assert(sizeof(cell) == sizeof(slot) && cell::is_always_lock_free);

    link_list(std::byte* first, std::size_t capacity) noexcept
        : cells_(reinterpret_cast<cell*>(first)), capacity_(capacity) {}

    std::size_t capacity() const noexcept { return capacity_; }
    const void* address() const noexcept { return cells_; }

    /// Calls f(id) for each link, in order.
    template <class F>
    SEXTANT_INLINE void each(F&& f) const {
        for (std::size_t i = 0; i < capacity_; ++i) {
            const slot id = cells_[i].load(std::memory_order_acquire);
            if (id == no_slot) return;
            f(id);
        }
    }

    std::size_t size() const noexcept {
        std::size_t n = 0;
        each([&](slot) { ++n; });
        return n;
    }

    /// How many ids stand behind the end of the list, where append() would bring them back. None, unless it is damaged.
    std::size_t hidden() const noexcept {
        std::size_t n = 0;
        for (std::size_t i = size(); i < capacity_; ++i) n += cells_[i].load(std::memory_order_relaxed) != no_slot ? 1u : 0u;
        return n;
    }

    bool contains(slot id) const noexcept {
        bool found = false;
        each([&](slot other) { found |= other == id; });
        return found;
    }

    /// Begins the life of the cells, as an empty list. Before the node is published.
    void construct() noexcept {
        for (std::size_t i = 0; i < capacity_; ++i) ::new (static_cast<void*>(cells_ + i)) cell(no_slot);
    }

    /// Puts `id` at `position`, which is size(), below capacity().
    void append(std::size_t position, slot id) noexcept {
        SEXTANT_ASSERT(position < capacity_);
        cells_[position].store(id, std::memory_order_release);
    }

    /// Replaces the whole list, by at most capacity() links.
    void assign(std::span<const neighbor> links) noexcept {
        SEXTANT_ASSERT(links.size() <= capacity_);
        std::size_t i = 0;
        for (; i < links.size(); ++i) cells_[i].store(links[i].id, std::memory_order_release);
        for (; i < capacity_; ++i) cells_[i].store(no_slot, std::memory_order_release);
    }

private:
    cell* cells_;
    std::size_t capacity_;
};

}  // namespace sextant::inline SEXTANT_ABI
