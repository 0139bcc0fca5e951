#pragma once

#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Σ (x − y)².
struct squared_difference {
    static SEXTANT_INLINE float step(float sum, float x, float y) noexcept { return sum + (x - y) * (x - y); }

    template <class Batch>
    static SEXTANT_INLINE Batch step(const Batch& sum, const Batch& x, const Batch& y) noexcept {
        const Batch difference = x - y;
        return xsimd::fma(difference, difference, sum);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
