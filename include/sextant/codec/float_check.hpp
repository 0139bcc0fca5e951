#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/error.hpp"
#include "../metric/metric.hpp"
#include "../simd/dot.hpp"

namespace sextant::inline SEXTANT_ABI {

inline float squared_norm(std::span<const float> vector) noexcept {
    return simd::reduce<simd::product>(vector.data(), vector.data(), vector.size());
}

/// Neither NaN nor infinity. By its exponent, because std::isfinite is always true to a compiler that was told
/// -ffinite-math-only, as by -ffast-math; and a program may be compiled so.
inline bool is_finite(float value) noexcept {
    constexpr std::uint32_t exponent = 0x7F80'0000u;
    return (std::bit_cast<std::uint32_t>(value) & exponent) != exponent;
}

/// Whether what came out as a sum of squares is above a bound that is not negative, or NaN of either sign. By its bits, which
/// are in the order of the numbers as long as these are not negative, with infinity and NaN beyond; !(sum <= bound) would let
/// NaN in under -ffast-math.
inline bool is_above(float sum_of_squares, float bound) noexcept {
    return std::bit_cast<std::uint32_t>(sum_of_squares) > std::bit_cast<std::uint32_t>(bound);
}

/// Refuses what would turn a distance into NaN or infinity: the squared norm is bounded so that the squared distance of any
/// two vectors, at most four times the larger bound, is a finite float however it is rounded.
template <reducing_metric Metric>
refusal refuse_floats(float squared_norm) noexcept {
    if (is_above(squared_norm, std::numeric_limits<float>::max() / 8)) {
        return {errc::not_finite, "a vector holds NaN or infinity, or is too long for a finite distance"};
    }
    if (Metric::scales && squared_norm < 1e-30f) {
        return {errc::zero_vector, "a vector of norm zero (or below 1e-15) has no direction to compare"};
    }
    return {};
}

/// Whether a stored vector has a squared norm that refuse_floats() lets in, with some room for its rounding, and the scale
/// that belongs to it: then no distance between two such vectors is NaN.
template <reducing_metric Metric>
bool is_plausible(float squared_norm, float scale) noexcept {
    if (is_above(squared_norm, std::numeric_limits<float>::max() / 7)) return false;
    if (!Metric::scales) return true;
    const float one = squared_norm * scale * scale;
    return squared_norm > 1e-31f && scale > 0.0f && one > 0.99f && one < 1.01f;
}

}  // namespace sextant::inline SEXTANT_ABI
