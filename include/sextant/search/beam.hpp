#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The nearest nodes met so far, sorted, at most `capacity` of them, each expanded or not: the candidate list and the
/// result list of the HNSW paper in one. At the sizes searches use, shifting a sorted array is cheaper than two heaps,
/// and the next node to expand is known without popping.
///
/// An entry is one integer, the distance's bits made to sort like an integer above the slot and the expanded mark, so
/// comparing two entries is comparing two integers, and ties in distance fall to the lower slot.
class beam {
public:
    /// Empties it for `capacity` entries, at least 1. May allocate: throws std::bad_alloc.
    void reset(std::size_t capacity) {
        if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
        capacity_ = capacity;
        size_ = 0;
        next_ = 0;
        worst_ = std::numeric_limits<float>::infinity();
    }

    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool full() const noexcept { return size_ == capacity_; }

    /// The distance a newcomer has to beat (or tie): infinity until the beam is full.
    float worst() const noexcept { return worst_; }

    neighbor operator[](std::size_t i) const noexcept { return {distance_of(entries_[i]), slot_of(entries_[i])}; }

    /// O(size).
    bool holds(slot id) const noexcept {
        const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(size_);
        return std::any_of(entries_.begin(), last, [&](std::uint64_t entry) { return slot_of(entry) == id; });
    }

    /// Adds a node that is not in the beam; false if it is too far. O(capacity), a few nanoseconds for the usual ones.
    SEXTANT_INLINE bool push(float distance, slot id) noexcept {
        const std::uint64_t entry = pack(distance, id);
        std::uint64_t* const first = entries_.data();
        if (size_ == capacity_) {
            if (entry >= first[size_ - 1]) return false;
            --size_;
        }
        std::size_t low = 0;
        for (std::size_t length = size_; length > 0;) {  // branch-free lower bound
            const std::size_t half = (length + 1) / 2;
            low += first[low + half - 1] < entry ? half : 0;
            length -= half;
        }
        std::memmove(first + low + 1, first + low, (size_ - low) * sizeof(entry));
        first[low] = entry;
        ++size_;
        if (low < next_) next_ = low;
        if (size_ == capacity_) worst_ = distance_of(first[size_ - 1]);
        return true;
    }

    /// Whether a node is left to expand.
    bool has_next() const noexcept { return next_ < size_; }

    /// Calls f(id) for the nearest node not yet expanded, if there is one.
    template <class F>
    SEXTANT_INLINE void peek(F&& f) const {
        if (has_next()) f(slot_of(entries_[next_]));
    }

    /// The nearest node not yet expanded, which it marks as expanded; only if has_next().
    SEXTANT_INLINE slot pop() noexcept {
        std::uint64_t& entry = entries_[next_];
        const slot id = slot_of(entry);
        entry |= expanded;
        do ++next_;
        while (next_ < size_ && (entries_[next_] & expanded) != 0);
        return id;
    }

    /// When the search is over: notes for each entry whether keep(id), and forgets which were expanded.
    template <class F>
    void mark(F&& keep) {
        for (std::size_t i = 0; i < size_; ++i) {
            entries_[i] = (entries_[i] & ~expanded) | (keep(slot_of(entries_[i])) ? expanded : 0);
        }
    }

    /// Removes the entries that the last mark() did not want to keep.
    void drop_unmarked() noexcept {
        const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(size_);
        const auto kept = std::remove_if(entries_.begin(), last, [](std::uint64_t entry) { return (entry & expanded) == 0; });
        size_ = static_cast<std::size_t>(kept - entries_.begin());
    }

    std::size_t bytes() const noexcept { return entries_.capacity() * sizeof(entries_[0]); }

private:
    static constexpr std::uint64_t expanded = 1;

    static SEXTANT_INLINE std::uint64_t pack(float distance, slot id) noexcept {
        const auto bits = std::bit_cast<std::uint32_t>(distance + 0.0f);  // -0 and 0 are one distance
        const std::uint32_t ordered = bits ^ ((bits >> 31) != 0 ? 0xFFFF'FFFFu : 0x8000'0000u);
        return (std::uint64_t{ordered} << 32) | (std::uint64_t{id} << 1);
    }

    static float distance_of(std::uint64_t entry) noexcept {
        const auto ordered = static_cast<std::uint32_t>(entry >> 32);
        return std::bit_cast<float>(ordered ^ ((ordered >> 31) != 0 ? 0x8000'0000u : 0xFFFF'FFFFu));
    }

    static slot slot_of(std::uint64_t entry) noexcept { return static_cast<slot>(entry) >> 1; }

    std::vector<std::uint64_t> entries_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
    std::size_t next_ = 0;  // everything before it is expanded
    float worst_ = std::numeric_limits<float>::infinity();
};

}  // namespace sextant::inline SEXTANT_ABI
