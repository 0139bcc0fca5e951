#pragma once

#include <cstddef>
#include <cstdint>

#include "hamming_avx512.hpp"
#include "hamming_portable.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The number of bits in which `bytes` bytes of a and b differ, by the best form this translation unit is compiled for.
SEXTANT_INLINE std::uint32_t hamming(const std::byte* a, const std::byte* b, std::size_t bytes) noexcept {
#if defined(__AVX512VPOPCNTDQ__) && defined(__AVX512BW__)
    return hamming_avx512(a, b, bytes);
#else
    return hamming_portable(a, b, bytes);
#endif
}

}  // namespace sextant::inline SEXTANT_ABI::simd
