#pragma once

#include <bit>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "../core/half.hpp"
#include "load_high.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// A batch of integers beside a batch of floats.
template <class Batch>
using ints_of = xsimd::batch<std::int32_t, typename Batch::arch_type>;

/// One batch of floats from as many halves, each exactly. It meets no subnormal float on the way, so a program that flushes
/// those to zero gets the same values.
template <class Batch>
SEXTANT_INLINE Batch widen_portable(const half* from) noexcept {
    using ints = ints_of<Batch>;
    const auto exponent = [](std::int32_t e) SEXTANT_INLINE_LAMBDA { return ints(e << 23); };
    const ints bits = load_high<ints>(from);
    const ints magnitude = (bits & ints(0x7FFF'0000)) >> 3;
    // A half's exponent is 112 less than the float's; that of infinity and NaN 224 less.
    const ints bias = xsimd::select(magnitude < exponent(31), exponent(112), exponent(224));
    // Zeros and subnormals have no leading one. Given one, as 2^-14 + x, they lose it again by a subtraction.
    const Batch small = std::bit_cast<Batch>(magnitude + exponent(113)) - Batch(0x1p-14f);
    const ints value = xsimd::select(magnitude < exponent(1), std::bit_cast<ints>(small), magnitude + bias);
    return std::bit_cast<Batch>(value | (bits & ints(INT32_MIN)));
}

/// One batch of floats from as many bfloat16s, each exactly.
template <class Batch>
SEXTANT_INLINE Batch widen_portable(const bfloat16* from) noexcept {
    return std::bit_cast<Batch>(load_high<ints_of<Batch>>(from));
}

}  // namespace sextant::inline SEXTANT_ABI::simd
