#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "../core/types.hpp"
#include "pages.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Records of one size, addressed by slot, at addresses that never move. It grows without copying and without being
/// told how far: chunk c holds as many records as all chunks before it, so 26 chunks reach every slot, the table of
/// chunks is a fixed array inside the object, and no reader ever sees it replaced.
///
/// An entry of the table is the address that slot 0 would have if its chunk began there, so at() is a count of leading
/// zeros, a load from a hot line, a multiplication and an addition; and an arena that is one flat block (a mapped file)
/// only needs the same entry in every place.
///
/// Thread-safety: at() on a committed slot may run beside commit(); calls of commit() must be serialised by the owner.
template <class Pages = native_pages>
class basic_arena {
public:
    /// Records of `stride` bytes. Chunks are aligned to cache lines, so a stride that is a multiple of 64 aligns records.
    explicit basic_arena(std::size_t stride) noexcept : stride_(stride) {}

    basic_arena(const basic_arena&) = delete;
    basic_arena& operator=(const basic_arena&) = delete;

    ~basic_arena() {
        for (unsigned c = 0; c < max_chunks; ++c) {
            std::byte* const block = begin_of(c);
            if (block == nullptr) continue;
            if (from_heap(c)) {
                portable_pages::release(block, chunk_bytes(c));
            } else {
                Pages::release(block, chunk_bytes(c));
            }
        }
    }

    std::size_t stride() const noexcept { return stride_; }

    /// The record of a committed slot.
    SEXTANT_INLINE std::byte* at(slot id) const noexcept {
        return reinterpret_cast<std::byte*>(table_[chunk_of(id)].load(std::memory_order_relaxed) + id * stride_);
    }

    /// Exchanges the records of two arenas of one stride that nobody else uses meanwhile.
    void swap(basic_arena& other) noexcept {
        for (unsigned c = 0; c < max_chunks; ++c) {
            const std::uintptr_t mine = table_[c].load(std::memory_order_relaxed);
            table_[c].store(other.table_[c].exchange(mine, std::memory_order_relaxed), std::memory_order_relaxed);
        }
        std::swap(committed_, other.committed_);
        std::swap(tail_, other.tail_);
        const std::size_t mine = bytes_.load(std::memory_order_relaxed);
        bytes_.store(other.bytes_.exchange(mine, std::memory_order_relaxed), std::memory_order_relaxed);
    }

    /// How many slots, from 0, have memory behind them.
    std::size_t committed() const noexcept { return committed_; }

    /// Bytes of memory taken from the system.
    std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

    /// Puts memory behind the slots [0, count), and some beyond. Throws std::bad_alloc, leaving what was committed.
    void commit(std::size_t count) {
        while (committed_ < count) {
            const unsigned c = chunk_of(static_cast<slot>(committed_));
            const std::size_t wanted = std::min(count, first_slot(c + 1)) - first_slot(c);
            grow(c, wanted * stride_);
        }
    }

private:
    static constexpr unsigned first_shift = 6;  // chunk 0 holds 64 records, and so does chunk 1
    static constexpr unsigned max_chunks = 32 - first_shift;

    /// Chunks below this size come from the heap whole: a mapping each would be a waste of kernel objects in programs
    /// with thousands of small indexes.
    static constexpr std::size_t heap_below = std::size_t{128} << 10;

    static SEXTANT_INLINE unsigned chunk_of(slot id) noexcept {
        return static_cast<unsigned>(std::bit_width(id | ((1u << first_shift) - 1))) - first_shift;
    }

    static constexpr std::size_t first_slot(unsigned c) noexcept {
        return c == 0 ? 0 : std::size_t{1} << (first_shift + c - 1);
    }

    std::size_t chunk_bytes(unsigned c) const noexcept { return (first_slot(c + 1) - first_slot(c)) * stride_; }

    bool from_heap(unsigned c) const noexcept { return chunk_bytes(c) < heap_below; }

    std::byte* begin_of(unsigned c) const noexcept {
        const std::uintptr_t entry = table_[c].load(std::memory_order_relaxed);
        return entry == 0 ? nullptr : reinterpret_cast<std::byte*>(entry + first_slot(c) * stride_);
    }

    /// How much is committed at a time: a sixteenth of the chunk, so that little is idle, but whole huge pages once the
    /// chunk is made of them.
    std::size_t step(unsigned c) const noexcept {
        const std::size_t bytes = chunk_bytes(c);
        if constexpr (requires { Pages::huge; }) {
            if (bytes >= Pages::huge_from) return Pages::huge;
        }
        return round_up(bytes / 16, Pages::granularity());
    }

    void grow(unsigned c, std::size_t wanted) {
        const std::size_t whole = chunk_bytes(c);
        const bool heap = from_heap(c);
        std::byte* block = begin_of(c);
        if (block == nullptr) {
            block = heap ? portable_pages::reserve(whole) : Pages::reserve(whole);
            if (block == nullptr) SEXTANT_THROW(std::bad_alloc());
            tail_ = 0;
            table_[c].store(reinterpret_cast<std::uintptr_t>(block) - first_slot(c) * stride_, std::memory_order_release);
        }
        std::size_t target = whole;
        if (!heap && Pages::commits_lazily) {
            const std::size_t unit = step(c);
            target = std::min(whole, (wanted + unit - 1) / unit * unit);
            if (!Pages::commit(block, target)) SEXTANT_THROW(std::bad_alloc());
        }
        bytes_.fetch_add(target - tail_, std::memory_order_relaxed);
        tail_ = target;
        committed_ = first_slot(c) + target / stride_;
    }

    std::array<std::atomic<std::uintptr_t>, max_chunks> table_{};
    std::size_t stride_;
    std::size_t committed_ = 0;
    std::size_t tail_ = 0;  // bytes committed of the newest chunk
    std::atomic<std::size_t> bytes_ = 0;
};

using arena = basic_arena<>;

}  // namespace sextant::inline SEXTANT_ABI
