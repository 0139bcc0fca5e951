#pragma once

#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Σ x·y.
struct product {
    template <class Batch>
    static SEXTANT_INLINE Batch step(const Batch& sum, const Batch& x, const Batch& y) noexcept {
        return xsimd::fma(x, y, sum);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
