#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Where a vector lives. Slots are dense and start at 0; users see keys, everything inside sees slots.
using slot = std::uint32_t;

/// The end of a link list, and "no node". Slots use 31 bits, because the beam packs a mark beside them.
inline constexpr slot no_slot = 0xFFFF'FFFFu;
inline constexpr std::size_t max_slots = 0x7FFF'FFFFu;

/// One answer of a search: the key a vector was inserted under and its distance to the query (smaller is nearer).
template <class Key = std::uint64_t>
struct hit {
    Key key;
    float distance;

    friend bool operator==(const hit&, const hit&) = default;
};

/// A slot and its distance to whatever is being looked at.
struct neighbor {
    float distance;
    slot id;

    /// Nearer first, ties by slot, so that equal runs give equal answers.
    friend bool operator<(const neighbor& a, const neighbor& b) noexcept {
        return a.distance < b.distance || (a.distance == b.distance && a.id < b.id);
    }
    friend bool operator==(const neighbor&, const neighbor&) = default;
};

static_assert(sizeof(neighbor) == 8);

/// The cache line every record is aligned to. std::hardware_destructive_interference_size would make the layout
/// depend on tuning flags.
inline constexpr std::size_t cache_line = 64;

/// `value` rounded up to a multiple of `unit`, a power of two.
constexpr std::size_t round_up(std::size_t value, std::size_t unit) noexcept {
    return (value + unit - 1) & ~(unit - 1);
}

}  // namespace sextant::inline SEXTANT_ABI
