#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "batch.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The least and the greatest of n floats, n at least 1, none of them NaN. Reads nothing past them.
template <class Arch = xsimd::default_arch>
SEXTANT_KERNEL std::pair<float, float> extent(const float* values, std::size_t n) noexcept {
    using batch = xsimd::batch<float, Arch>;
    constexpr std::size_t lanes = batch::size;
    float low = values[0];
    float high = values[0];
    std::size_t i = 0;
    if (n >= lanes) {
        batch least = batch::load_unaligned(values);
        batch greatest = least;
        for (; i + lanes <= n; i += lanes) {
            const batch v = batch::load_unaligned(values + i);
            least = xsimd::select(v < least, v, least);  // xsimd::min draws a false warning from GCC 12
            greatest = xsimd::select(v > greatest, v, greatest);
        }
        alignas(64) float of_least[lanes];
        alignas(64) float of_greatest[lanes];
        least.store_aligned(of_least);
        greatest.store_aligned(of_greatest);
        low = *std::min_element(of_least, of_least + lanes);
        high = *std::max_element(of_greatest, of_greatest + lanes);
    }
    for (; i < n; ++i) {
        low = std::min(low, values[i]);
        high = std::max(high, values[i]);
    }
    return {low, high};
}

}  // namespace sextant::inline SEXTANT_ABI::simd
