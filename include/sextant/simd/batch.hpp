#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

// GCC before 13 takes its own AVX-512 sum, which newer xsimd calls, to read uninitialised registers (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
/// The sum of a batch's lanes. xsimd calls it hadd up to version 8 and reduce_add from 9 on; argument-dependent look-up
/// finds whichever is there.
template <class Batch>
SEXTANT_INLINE typename Batch::value_type lane_sum(const Batch& batch) noexcept {
    if constexpr (requires { reduce_add(batch); }) {
        return reduce_add(batch);
    } else {
        return hadd(batch);
    }
}
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif

/// A batch whose last `count` lanes have all bits set and whose others are zero; count < lanes. It lets a loop finish with
/// one more load that ends where the data ends: the lanes already counted are masked away, and nothing is read past
/// the end.
template <class Batch>
SEXTANT_INLINE Batch last_lanes(std::size_t count) noexcept {
    constexpr std::size_t lanes = Batch::size;
    static constexpr auto bits = [] {
        std::array<float, 2 * lanes> mask{};
        for (std::size_t i = lanes; i < 2 * lanes; ++i) mask[i] = std::bit_cast<float>(0xFFFF'FFFFu);
        return mask;
    }();
    return Batch::load_unaligned(bits.data() + count);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
