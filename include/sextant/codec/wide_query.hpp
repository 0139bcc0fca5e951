#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "../simd/dot.hpp"
#include "../simd/extent.hpp"
#include "../simd/packed_dot.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A vector rounded to 16 bits a coordinate, in two planes of signed bytes: v_i ≈ offset + step · (256 · high_i + low_i).
struct wide_query {
    float step = 0.0f;
    float offset = 0.0f;
    float sum = 0.0f;
    float squared_norm = 0.0f;
};

/// As round_query(), in two planes.
inline wide_query round_wide_query(const float* values, std::size_t coordinates, std::size_t size, std::int8_t* high,
                                   std::int8_t* low) noexcept {
    constexpr int most = 32'639;  // 127 · 256 + 127: the largest number that two signed planes hold
    const auto [least, greatest] = simd::extent(values, coordinates);
    const double range = static_cast<double>(greatest) - static_cast<double>(least);
    const double middle = static_cast<double>(least) + range / 2.0;
    wide_query result;
    result.step = static_cast<float>(range / (2.0 * most));
    result.offset = static_cast<float>(middle);
    result.squared_norm = simd::reduce<simd::product>(values, values, coordinates);
    const double scale = range > 0.0 ? 2.0 * most / range : 0.0;
    float sum = 0.0f;
    for (std::size_t i = 0; i < coordinates; ++i) {
        sum += values[i];
        const double level = (static_cast<double>(values[i]) - middle) * scale;
        const int rounded = std::clamp(static_cast<int>(level + (level < 0.0 ? -0.5 : 0.5)), -most, most);
        const int upper = (rounded + 128) >> 8;
        high[i] = static_cast<std::int8_t>(upper);
        low[i] = static_cast<std::int8_t>(rounded - 256 * upper);
    }
    std::fill(high + coordinates, high + size, std::int8_t{0});
    std::fill(low + coordinates, low + size, std::int8_t{0});
    result.sum = sum;
    return result;
}

/// out[i] = Σ (256 · high_j + low_j) · c_j for n packed codes, n at most simd::kernel_rows; `padded` coordinates each.
template <unsigned Bits>
void wide_dots(const std::int8_t* high, const std::int8_t* low, const std::byte* const* codes, std::size_t n,
               std::size_t padded, double* out) noexcept {
    std::array<std::int32_t, simd::kernel_rows> of_high;
    std::array<std::int32_t, simd::kernel_rows> of_low;
    simd::dot_packed<Bits>(high, codes, n, padded, of_high.data());
    simd::dot_packed<Bits>(low, codes, n, padded, of_low.data());
    for (std::size_t i = 0; i < n; ++i) out[i] = 256.0 * of_high[i] + of_low[i];
}

}  // namespace sextant::inline SEXTANT_ABI
