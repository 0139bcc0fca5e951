#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "../core/error.hpp"
#include "../metric/metric.hpp"
#include "../simd/dot.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Refuses what would turn a distance into NaN or infinity: the squared norm is bounded so that the squared distance of any
/// two vectors, at most four times the larger bound, is a finite float however it is rounded. Returns the squared norm; throws `error`.
template <reducing_metric Metric>
float check_floats(std::span<const float> vector, std::size_t dim) {
    if (vector.size() != dim) raise_dimension(dim, vector.size());
    const float squared_norm = simd::reduce<simd::product>(vector.data(), vector.data(), dim);
    if (!(squared_norm <= std::numeric_limits<float>::max() / 8)) {
        raise(errc::not_finite, "a vector holds NaN or infinity, or is too long for a finite distance");
    }
    if (Metric::scales && squared_norm < 1e-30f) {
        raise(errc::zero_vector, "a vector of norm zero (or below 1e-15) has no direction to compare");
    }
    return squared_norm;
}

/// Whether a stored vector has a squared norm that check_floats() lets in, with some room for its rounding, and the scale
/// that belongs to it: then no distance between two such vectors is NaN.
template <reducing_metric Metric>
bool is_plausible(float squared_norm, float scale) noexcept {
    if (!(squared_norm <= std::numeric_limits<float>::max() / 7)) return false;
    if (!Metric::scales) return true;
    const float one = squared_norm * scale * scale;
    return squared_norm > 1e-31f && scale > 0.0f && one > 0.99f && one < 1.01f;
}

}  // namespace sextant::inline SEXTANT_ABI
