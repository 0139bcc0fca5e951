#pragma once

#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Σ x·y.
struct product {
    static SEXTANT_INLINE float step(float sum, float x, float y) noexcept { return sum + x * y; }

    template <class Batch>
    static SEXTANT_INLINE Batch step(const Batch& sum, const Batch& x, const Batch& y) noexcept {
        return xsimd::fma(x, y, sum);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
