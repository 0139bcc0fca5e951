#pragma once

#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Σ (x − y)².
struct squared_difference {
    template <class Batch>
    static SEXTANT_INLINE Batch step(const Batch& sum, const Batch& x, const Batch& y) noexcept {
        const Batch difference = x - y;
        return xsimd::fma(difference, difference, sum);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
