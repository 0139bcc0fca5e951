#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../simd/dot.hpp"
#include "../simd/extent.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A vector rounded to signed bytes b for the packed kernels: v_i ≈ offset + step · b_i.
struct byte_query {
    float step = 0.0f;
    float offset = 0.0f;
    float sum = 0.0f;           ///< Σ v_i
    float squared_norm = 0.0f;  ///< ‖v‖²
};

/// Rounds the first `coordinates` of `size` floats; the bytes beyond are zero. Bytes span the range of the values, so that
/// each is off by at most half a 255th of it.
inline byte_query round_query(const float* values, std::size_t coordinates, std::size_t size, std::int8_t* bytes) noexcept {
    const auto [low, high] = simd::extent(values, coordinates);
    byte_query result;
    result.step = (high - low) / 255.0f;
    result.offset = low + 128.0f * result.step;
    result.squared_norm = simd::reduce<simd::product>(values, values, coordinates);
    const double scale = high > low ? 255.0 / (static_cast<double>(high) - static_cast<double>(low)) : 0.0;
    float sum = 0.0f;
    for (std::size_t i = 0; i < coordinates; ++i) {
        sum += values[i];
        const auto level = static_cast<int>((static_cast<double>(values[i]) - static_cast<double>(low)) * scale + 0.5);
        bytes[i] = static_cast<std::int8_t>(std::clamp(level, 0, 255) - 128);
    }
    std::fill(bytes + coordinates, bytes + size, std::int8_t{0});
    result.sum = sum;
    return result;
}

}  // namespace sextant::inline SEXTANT_ABI
