#pragma once

#include <string>

#include "../simd/l2.hpp"
#include "metric.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Squared Euclidean distance, Σ (x − y)².
struct l2 {
    static std::string name() { return "l2"; }
    using reduction = simd::squared_difference;
    static constexpr bool scales = false;
    static SEXTANT_INLINE float distance(float sum, float, float) noexcept { return sum; }
    static constexpr float undecided = 0x1p-6f;
};

}  // namespace sextant::inline SEXTANT_ABI
