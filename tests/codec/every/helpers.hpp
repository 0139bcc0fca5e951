#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "codec/every/any_codec.hpp"
#include "support/matrix.hpp"
#include "support/random_values.hpp"

namespace codec_test {

using reals = std::vector<double>;

inline reals widened(std::span<const float> v) { return reals(v.begin(), v.end()); }

inline double dot(const reals& a, const reals& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

inline reals sum_of(const reals& a, const reals& b, double times = 1.0) {
    reals result(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] + times * b[i];
    return result;
}

inline double norm(const reals& a) { return std::sqrt(dot(a, a)); }

inline double spread(const reals& a) {
    const auto [low, high] = std::minmax_element(a.begin(), a.end());
    return *high - *low;
}

inline double largest(const reals& a) {
    double most = 0.0;
    for (const double value : a) most = std::max(most, std::abs(value));
    return most;
}

/// A vector as the metric sees it: of length one under cosine.
inline reals seen(metric_kind metric, std::span<const float> v) {
    reals result = widened(v);
    if (metric == metric_kind::cosine) {
        const double length = norm(result);
        for (double& value : result) value /= length;
    }
    return result;
}

/// The distance of two vectors as the metric sees them.
inline double distance_of(metric_kind metric, const reals& a, const reals& b) {
    if (metric == metric_kind::inner_product) return 1.0 - dot(a, b);
    const reals apart = sum_of(a, b, -1.0);
    return (metric == metric_kind::l2 ? 1.0 : 0.5) * dot(apart, apart);
}

/// The mean of some rows as the metric sees them.
inline reals mean_of(metric_kind metric, const support::matrix<float>& rows) {
    reals mean(rows.dim, 0.0);
    for (std::size_t row = 0; row < rows.rows; ++row) mean = sum_of(mean, seen(metric, rows[row]));
    for (double& value : mean) value /= static_cast<double>(rows.rows);
    return mean;
}

/// Whole numbers from 1 to 127, which every codec takes; sums of their products are exact in floats.
inline support::matrix<float> whole_rows(std::size_t count, std::size_t dim, std::uint64_t seed) {
    support::matrix<float> rows{count, dim, support::random_whole_floats(count * dim, seed, 63)};
    for (float& value : rows.values) value += 64.0f;
    return rows;
}

/// Rows around a point that is not the origin; whole numbers for a codec that holds nothing else.
inline support::matrix<float> rows_for(const codec_case& c, std::size_t count, std::size_t dim, std::uint64_t seed) {
    if (c.code.form == coding::u8 || c.code.form == coding::i8) return whole_rows(count, dim, seed);
    support::matrix<float> rows{count, dim, support::random_floats(count * dim, seed, -10.0f, 10.0f)};
    for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] += (i % dim) % 3 == 0 ? 12.0f : -2.0f;
    return rows;
}

inline sextant::matrix_view<float> view(const support::matrix<float>& rows) {
    return {rows.values.data(), rows.rows, rows.dim};
}

/// How long at most the part of a vector is that its code loses; x: the vector as the metric sees it, y: counted from the mean.
inline double loss(code_kind kind, const reals& x, const reals& y) {
    const double rounding = 8.0 * std::numeric_limits<float>::epsilon() * norm(x);
    switch (kind.form) {
        case coding::f16: return 0x1p-11 * norm(x) + rounding;
        case coding::bf16: return 0x1p-8 * norm(x) + rounding;
        case coding::lvq: {
            const double half_a_step = spread(y) / (std::exp2(kind.bits) - 1.0) / 2.0;
            return half_a_step * std::sqrt(static_cast<double>(y.size())) + rounding;
        }
        case coding::rabitq: {
            // What the best uniform quantiser loses of a normal variable's square (Max 1960), and half for few dimensions.
            constexpr double lost[] = {0.0, 0.3634, 0.1188, 0.03744, 0.01154, 0.00349, 0.00104, 0.000304, 0.000088};
            return 1.5 * std::sqrt(lost[kind.bits] / (1.0 - lost[kind.bits])) * norm(y) + rounding;
        }
        default: return rounding;
    }
}

}  // namespace codec_test
