#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "../core/config.hpp"
#include "sign_bits.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Lane i of the result is lane i ^ Stride of x.
template <std::size_t Stride, class Batch>
SEXTANT_INLINE Batch swap_lanes_portable(const Batch& x) noexcept {
    std::array<float, Batch::size> from;
    std::array<float, Batch::size> to;
    x.store_unaligned(from.data());
    for (std::size_t i = 0; i < Batch::size; ++i) to[i] = from[i ^ Stride];
    return Batch::load_unaligned(to.data());
}

/// The same in one instruction where the compiler can shuffle vectors. xsimd's own swizzle has changed its interface, and
/// old versions lack it on ARM.
template <std::size_t Stride, class Batch>
SEXTANT_INLINE Batch swap_lanes(const Batch& x) noexcept {
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
    if constexpr (requires(typename Batch::register_type v) { v + v; }) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) SEXTANT_INLINE_LAMBDA {
            const typename Batch::register_type v = x;
            return Batch(__builtin_shufflevector(v, v, (static_cast<int>(I ^ Stride))...));
        }(std::make_index_sequence<Batch::size>{});
    }
#endif
#endif
    return swap_lanes_portable<Stride>(x);
}

/// A Hadamard transform of the lanes of x. Each step is a swap and one multiply-add, with 1 in the lanes that become sums
/// and -1 in those that become differences.
template <std::size_t Stride = 1, class Batch>
SEXTANT_INLINE Batch transform_lanes(const Batch& x) noexcept {
    if constexpr (Stride < Batch::size) {
        static constexpr auto signs = [] {
            std::array<float, Batch::size> values{};
            for (std::size_t i = 0; i < Batch::size; ++i) values[i] = (i & Stride) == 0 ? 1.0f : -1.0f;
            return values;
        }();
        return transform_lanes<2 * Stride>(
            Batch(xsimd::fma(x, Batch::load_unaligned(signs.data()), swap_lanes<Stride>(x))));
    } else {
        return x;
    }
}

/// A Hadamard transform of each lane across the batches x. Spelled out by packs, not loops, so that they stay in
/// registers at -O2 as well.
template <std::size_t Stride = 1, class Batch, std::size_t Radix>
SEXTANT_INLINE void transform_across(std::array<Batch, Radix>& x) noexcept {
    if constexpr (Stride < Radix) {
        [&]<std::size_t... J>(std::index_sequence<J...>) SEXTANT_INLINE_LAMBDA {
            const auto butterfly = [](Batch& a, Batch& b) SEXTANT_INLINE_LAMBDA {
                const Batch sum = a + b;
                b = a - b;
                a = sum;
            };
            (butterfly(x[J / Stride * 2 * Stride + J % Stride], x[J / Stride * 2 * Stride + J % Stride + Stride]), ...);
        }(std::make_index_sequence<Radix / 2>{});
        transform_across<2 * Stride>(x);
    }
}

/// log2(Radix) steps at once over x[0, n): Radix values `stride` floats apart, or if `Lanes`, Radix batches side by side
/// together with their lanes, after the signs are flipped. Every value is loaded and stored once, times `scale` if it is
/// the `Last` pass.
template <class Batch, std::size_t Radix, bool Lanes, bool Last>
SEXTANT_INLINE void hadamard_pass(float* x, std::size_t n, std::size_t stride, [[maybe_unused]] const std::uint32_t* signs,
                                  [[maybe_unused]] float scale) noexcept {
    [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
        for (std::size_t group = 0; group < n; group += Radix * stride) {
            for (std::size_t i = group; i < group + stride; i += Batch::size) {
                std::array<Batch, Radix> value{Batch::load_unaligned(x + i + R * stride)...};
                if constexpr (Lanes) {
                    if (signs != nullptr) ((value[R] = flip_signs<R * Batch::size>(value[R], signs, i)), ...);
                    ((value[R] = transform_lanes(value[R])), ...);
                }
                transform_across(value);
                if constexpr (Last) ((value[R] = value[R] * Batch(scale)), ...);
                (value[R].store_unaligned(x + i + R * stride), ...);
            }
        }
    }(std::make_index_sequence<Radix>{});
}

/// The Hadamard transform of x[0, n) in place, times `scale` (1/√n makes it orthonormal, and its own inverse): x[i]
/// becomes scale·Σ_j (-1)^popcount(i & j)·x[j]. n: a power of two of at least one batch. signs: flipped before, or null.
///
/// Eight batches at a time: they fit the registers of every instruction set, and three steps are paid for by one load and
/// one store. n·log2(n) additions in all, with no multiplication outside the lanes' steps and the scale.
template <class Arch = xsimd::default_arch>
SEXTANT_KERNEL void hadamard(float* x, std::size_t n, const std::uint32_t* signs, float scale) noexcept {
    using batch = xsimd::batch<float, Arch>;
    constexpr std::size_t lanes = batch::size;
    switch (n / lanes) {
        case 1: return hadamard_pass<batch, 1, true, true>(x, n, lanes, signs, scale);
        case 2: return hadamard_pass<batch, 2, true, true>(x, n, lanes, signs, scale);
        case 4: return hadamard_pass<batch, 4, true, true>(x, n, lanes, signs, scale);
        case 8: return hadamard_pass<batch, 8, true, true>(x, n, lanes, signs, scale);
        default: break;
    }
    hadamard_pass<batch, 8, true, false>(x, n, lanes, signs, scale);
    std::size_t stride = 8 * lanes;
    for (; n / stride > 16; stride *= 8) hadamard_pass<batch, 8, false, false>(x, n, stride, signs, scale);
    switch (n / stride) {
        case 2: return hadamard_pass<batch, 2, false, true>(x, n, stride, signs, scale);
        case 4: return hadamard_pass<batch, 4, false, true>(x, n, stride, signs, scale);
        case 8: return hadamard_pass<batch, 8, false, true>(x, n, stride, signs, scale);
        default:
            hadamard_pass<batch, 4, false, false>(x, n, stride, signs, scale);
            return hadamard_pass<batch, 4, false, true>(x, n, 4 * stride, signs, scale);
    }
}

}  // namespace sextant::inline SEXTANT_ABI::simd
