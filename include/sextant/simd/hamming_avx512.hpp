#pragma once

#if defined(__AVX512VPOPCNTDQ__) && defined(__AVX512BW__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// hamming_portable with 512-bit population counts (AVX512-VPOPCNTDQ), which xsimd does not offer. The last part is loaded
/// under a mask, so nothing past the end is read.
SEXTANT_INLINE std::uint32_t hamming_avx512(const std::byte* a, const std::byte* b, std::size_t bytes) noexcept {
    __m512i sum = _mm512_setzero_si512();
    std::size_t i = 0;
    for (; i + 64 <= bytes; i += 64) {
        const __m512i differ = _mm512_xor_si512(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(differ));
    }
    if (i < bytes) {
        const __mmask64 mask = ~std::uint64_t{0} >> (64 - (bytes - i));
        const __m512i differ =
            _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a + i), _mm512_maskz_loadu_epi8(mask, b + i));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(differ));
    }
    // Not _mm512_reduce_add_epi64: GCC 12 warns of uninitialised values inside it (its bug 105593).
    const __m256i half = _mm256_add_epi64(_mm512_maskz_extracti64x4_epi64(0xFF, sum, 0),
                                          _mm512_maskz_extracti64x4_epi64(0xFF, sum, 1));
    const __m128i quarter = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    return static_cast<std::uint32_t>(_mm_cvtsi128_si64(quarter) + _mm_extract_epi64(quarter, 1));
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
