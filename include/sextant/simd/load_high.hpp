#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "load_high_x86.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// 16-bit floats, one to each lane of a batch of 32-bit integers: their bits in the lane's upper half, the lower half zero.
/// Reads as many as Ints has lanes, at any alignment, and nothing else.
template <class Ints, class Stored>
SEXTANT_INLINE Ints load_high_portable(const Stored* from) noexcept {
    std::array<std::int32_t, Ints::size> lanes;
    for (std::size_t i = 0; i < Ints::size; ++i) {
        lanes[i] = std::bit_cast<std::int32_t>(std::uint32_t{from[i].bits} << 16);
    }
    return Ints::load_unaligned(lanes.data());
}

/// The same by the best form this translation unit is compiled for.
template <class Ints, class Stored>
SEXTANT_INLINE Ints load_high(const Stored* from) noexcept {
#if defined(__SSE2__)
    return load_high_x86<Ints>(from);
#else
    return load_high_portable<Ints>(from);
#endif
}

/// Integers of 16 bits with a sign, one to each lane of a batch of 32-bit integers. Reads as many as Ints has lanes, at any
/// alignment, and nothing else.
template <class Ints>
SEXTANT_INLINE Ints load_signed_portable(const std::int16_t* from) noexcept {
    std::array<std::int32_t, Ints::size> lanes;
    for (std::size_t i = 0; i < Ints::size; ++i) lanes[i] = from[i];
    return Ints::load_unaligned(lanes.data());
}

/// The same by the best form this translation unit is compiled for.
template <class Ints>
SEXTANT_INLINE Ints load_signed(const std::int16_t* from) noexcept {
#if defined(__SSE2__)
    return load_signed_x86<Ints>(from);
#else
    return load_signed_portable<Ints>(from);
#endif
}

}  // namespace sextant::inline SEXTANT_ABI::simd
