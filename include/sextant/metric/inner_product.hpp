#pragma once

#include <string>

#include "../simd/dot.hpp"
#include "metric.hpp"

namespace sextant::inline SEXTANT_ABI {

/// 1 − x·y: the larger the inner product, the nearer. Negative for long vectors; not a metric in the strict sense.
struct inner_product {
    static std::string name() { return "inner_product"; }
    using reduction = simd::product;
    static constexpr bool scales = false;
    static SEXTANT_INLINE float distance(float sum, float, float) noexcept { return 1.0f - sum; }
};

}  // namespace sextant::inline SEXTANT_ABI
