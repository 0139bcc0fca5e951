#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../core/half.hpp"
#include "convert.hpp"
#include "dot.hpp"
#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Floats in two planes: first of each the bfloat16 it is nearest to, then of each what has to be added to the bits of that, a
/// signed integer of 16 bits. Nothing is lost, and the first plane alone is a code of half the size. `Gap` bytes lie between
/// the planes.
template <std::size_t Gap>
struct split_floats {};

/// Where a coordinate lies in both planes.
struct split_position {
    const bfloat16* near;
    const std::int16_t* rest;

    friend SEXTANT_INLINE split_position operator+(split_position at, std::size_t n) noexcept {
        return {at.near + n, at.rest + n};
    }

    SEXTANT_INLINE float operator[](std::size_t i) const noexcept {
        return std::bit_cast<float>((std::uint32_t{near[i].bits} << 16) + static_cast<std::uint32_t>(std::int32_t{rest[i]}));
    }
};

template <class Batch>
SEXTANT_INLINE Batch widen(split_position from) noexcept {
    using ints = ints_of<Batch>;
    return std::bit_cast<Batch>(load_high<ints>(from.near) + load_signed<ints>(from.rest));
}

template <std::size_t Gap>
struct stored_row<split_floats<Gap>> {
    static SEXTANT_INLINE split_position at(const std::byte* row, std::size_t dim) noexcept {
        return {reinterpret_cast<const bfloat16*>(row),
                reinterpret_cast<const std::int16_t*>(row + dim * sizeof(bfloat16) + Gap)};
    }
};

/// Σ x² of the floats of a row, to the last bit what reduce() says of them.
template <std::size_t Gap, class Arch = xsimd::default_arch>
SEXTANT_KERNEL float split_squared_norm(const std::byte* row, std::size_t dim) noexcept {
    float sum;
    reduce_rows<product, 1, Arch, split_floats<Gap>, 4>(stored_row<split_floats<Gap>>::at(row, dim), &row, dim, &sum);
    return sum;
}

/// Splits `from` into planes of as many.
SEXTANT_KERNEL inline void split(std::span<const float> from, bfloat16* near, std::int16_t* rest) noexcept {
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto bits = std::bit_cast<std::uint32_t>(from[i]);
        near[i] = bfloat16::from_bits(static_cast<std::uint16_t>((bits + 0x8000u) >> 16));
        rest[i] = static_cast<std::int16_t>(bits & 0xFFFFu);
    }
}

/// Puts them together again. Any alignment; nothing past either end is touched.
template <class Arch = xsimd::default_arch>
SEXTANT_KERNEL void join(split_position from, std::span<float> to) noexcept {
    using batch = xsimd::batch<float, Arch>;
    if (to.size() < batch::size) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i];
        return;
    }
    const auto block = [&](std::size_t i) SEXTANT_INLINE_LAMBDA { widen<batch>(from + i).store_unaligned(to.data() + i); };
    for_each_block(to.size(), batch::size, block);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
