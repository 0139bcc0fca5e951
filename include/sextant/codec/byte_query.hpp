#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../simd/extent.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A vector rounded to signed bytes b for the packed kernels, v_i ≈ offset + step · b_i, and what the rounded one adds up
/// to. Sums of the vector itself would not belong to the products that the bytes give: a vector's distance to its own code
/// would be off by as much as the rounding moved it.
struct byte_query {
    float step = 0.0f;
    float offset = 0.0f;
    float sum = 0.0f;           ///< Σ (offset + step · b_i)
    float squared_norm = 0.0f;  ///< Σ (offset + step · b_i)²
};

/// Rounds the first `coordinates` of `size` floats; the bytes beyond are zero. Bytes span the range of the values, so that
/// each is off by at most half a 255th of it.
inline byte_query round_query(const float* values, std::size_t coordinates, std::size_t size, std::int8_t* bytes) noexcept {
    const auto [low, high] = simd::extent(values, coordinates);
    byte_query result;
    result.step = (high - low) / 255.0f;
    result.offset = low + 128.0f * result.step;
    const double scale = high > low ? 255.0 / (static_cast<double>(high) - static_cast<double>(low)) : 0.0;
    std::int64_t sum = 0;
    std::int64_t squares = 0;
    for (std::size_t i = 0; i < coordinates; ++i) {
        const auto level = static_cast<int>((static_cast<double>(values[i]) - static_cast<double>(low)) * scale + 0.5);
        bytes[i] = static_cast<std::int8_t>(std::clamp(level, 0, 255) - 128);
        sum += bytes[i];
        squares += bytes[i] * bytes[i];
    }
    std::fill(bytes + coordinates, bytes + size, std::int8_t{0});

    const double n = static_cast<double>(coordinates);
    const double offset = result.offset;
    const double of_bytes = result.step * static_cast<double>(sum);
    const double of_squares = double{result.step} * result.step * static_cast<double>(squares);
    result.sum = static_cast<float>(n * offset + of_bytes);
    result.squared_norm = static_cast<float>(n * offset * offset + 2.0 * offset * of_bytes + of_squares);
    return result;
}

}  // namespace sextant::inline SEXTANT_ABI
