#pragma once

#include <cstddef>
#include <cstring>

#include "narrow_f16c.hpp"
#include "narrow_neon.hpp"
#include "widen.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Calls f(i) for the first position of every block of `step` elements, n of them or more: the last block ends where the
/// elements end and may repeat some of the block before it.
template <class F>
SEXTANT_INLINE void for_each_block(std::size_t n, std::size_t step, F&& f) noexcept {
    for (std::size_t i = 0; i + step < n; i += step) f(i);
    f(n - step);
}

/// n halves or bfloat16s as floats, each exactly. Any alignment; nothing past either end is touched.
template <class Arch = xsimd::default_arch, class Stored>
SEXTANT_KERNEL void convert(const Stored* from, float* to, std::size_t n) noexcept {
    using batch = xsimd::batch<float, Arch>;
    if (n < batch::size) {
        for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]);
        return;
    }
    const auto block = [&](std::size_t i) SEXTANT_INLINE_LAMBDA { widen<batch>(from + i).store_unaligned(to + i); };
    for_each_block(n, batch::size, block);
}

/// n floats rounded as the constructor of half does. Any alignment; nothing past either end is touched.
SEXTANT_KERNEL inline void convert(const float* from, half* to, std::size_t n) noexcept {
#if defined(__F16C__)
    constexpr std::size_t step = 8;
    const auto block = [&](std::size_t i) SEXTANT_INLINE_LAMBDA { narrow_f16c(from + i, to + i); };
    if (n >= step) return for_each_block(n, step, block);
#elif defined(__aarch64__)
    constexpr std::size_t step = 4;
    const auto block = [&](std::size_t i) SEXTANT_INLINE_LAMBDA { narrow_neon(from + i, to + i); };
    if (n >= step) return for_each_block(n, step, block);
#endif
    for (std::size_t i = 0; i < n; ++i) to[i] = half(from[i]);
}

/// The same for bfloat16. One at a time will do: a vector is stored once and compared often.
SEXTANT_KERNEL inline void convert(const float* from, bfloat16* to, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) to[i] = bfloat16(from[i]);
}

/// What is stored as it is.
inline void convert(const float* from, float* to, std::size_t n) noexcept { std::memcpy(to, from, n * sizeof(float)); }

}  // namespace sextant::inline SEXTANT_ABI::simd
