#pragma once

#if defined(__F16C__) && defined(__AVX__)

#include <immintrin.h>

#include "../core/half.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Eight floats rounded to halves, to nearest whatever the program's rounding mode.
SEXTANT_INLINE void narrow_f16c(const float* from, half* to) noexcept {
    const __m128i bits = _mm256_cvtps_ph(_mm256_loadu_ps(from), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bits);
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
