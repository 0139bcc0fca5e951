#pragma once

#if defined(__F16C__) && defined(__AVX__)

#include <immintrin.h>

#include "../core/half.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// widen_portable by the conversions of F16C and AVX-512F. Batch tells by its register how many lanes it has.
template <class Batch>
SEXTANT_INLINE Batch widen_f16c(const half* from) noexcept {
    if constexpr (requires(__m128 lanes) { Batch(lanes); }) {
        return Batch(_mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
    } else if constexpr (requires(__m256 lanes) { Batch(lanes); }) {
        return Batch(_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
    }
#if defined(__AVX512F__)
    else {
        // The masked form, of all lanes: GCC 12 warns of uninitialised values inside the plain one (its bug 105593).
        return Batch(_mm512_maskz_cvtph_ps(0xFFFF, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))));
    }
#endif
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
