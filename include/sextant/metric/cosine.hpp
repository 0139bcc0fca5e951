#pragma once

#include <string>

#include "../simd/dot.hpp"
#include "metric.hpp"

namespace sextant::inline SEXTANT_ABI {

/// 1 − cos(x, y), clamped at 0 where rounding would make it negative. Vectors are stored as they came, with the
/// reciprocal of their norm beside them, so that the caller gets back exactly what was inserted.
struct cosine {
    static std::string name() { return "cosine"; }
    using reduction = simd::product;
    static constexpr bool scales = true;
    static SEXTANT_INLINE float distance(float sum, float scale_a, float scale_b) noexcept {
        const float away = 1.0f - sum * (scale_a * scale_b);  // in this order it is symmetric to the last bit
        return away > 0.0f ? away : 0.0f;
    }
    static constexpr float undecided = 0x1p-7f;
};

}  // namespace sextant::inline SEXTANT_ABI
