#pragma once

#if defined(__SSE2__)

#include <cstdint>
#include <immintrin.h>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// load_high_portable by the instructions that widen integers: GCC puts the portable form's lanes together in memory, where
/// the load waits for the two stores before it. Ints tells by its register how many lanes it has.
template <class Ints, class Stored>
SEXTANT_INLINE Ints load_high_x86(const Stored* from) noexcept {
    if constexpr (requires(__m128i lanes) { Ints(lanes); }) {
        return Ints(_mm_unpacklo_epi16(_mm_setzero_si128(), _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
    }
#if defined(__AVX__)
    else if constexpr (requires(__m256i lanes) { Ints(lanes); }) {
        const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
#if defined(__AVX2__)
        return Ints(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
#else
        return Ints(_mm256_insertf128_si256(_mm256_castsi128_si256(_mm_unpacklo_epi16(_mm_setzero_si128(), bits)),
                                            _mm_unpackhi_epi16(_mm_setzero_si128(), bits), 1));
#endif
    }
#endif
#if defined(__AVX512F__)
    else {
        // The masked forms, of all lanes: GCC 12 warns of uninitialised values inside the plain ones (its bug 105593).
        const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return Ints(_mm512_maskz_slli_epi32(0xFFFF, _mm512_maskz_cvtepu16_epi32(0xFFFF, bits), 16));
    }
#endif
}

/// load_signed_portable by the same.
template <class Ints>
SEXTANT_INLINE Ints load_signed_x86(const std::int16_t* from) noexcept {
    if constexpr (requires(__m128i lanes) { Ints(lanes); }) {
        const __m128i bits = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
        return Ints(_mm_srai_epi32(_mm_unpacklo_epi16(bits, bits), 16));
    }
#if defined(__AVX__)
    else if constexpr (requires(__m256i lanes) { Ints(lanes); }) {
        const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
#if defined(__AVX2__)
        return Ints(_mm256_cvtepi16_epi32(bits));
#else
        return Ints(_mm256_insertf128_si256(_mm256_castsi128_si256(_mm_srai_epi32(_mm_unpacklo_epi16(bits, bits), 16)),
                                            _mm_srai_epi32(_mm_unpackhi_epi16(bits, bits), 16), 1));
#endif
    }
#endif
#if defined(__AVX512F__)
    else {
        return Ints(_mm512_maskz_cvtepi16_epi32(0xFFFF, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))));
    }
#endif
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
