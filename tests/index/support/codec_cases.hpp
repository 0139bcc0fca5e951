#pragma once

#include <sextant/sextant.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "index/support/cases.hpp"
#include "index/support/points.hpp"

namespace support {

template <class Codec>
inline constexpr bool of_integers = std::is_same_v<Codec, sextant::u8> || std::is_same_v<Codec, sextant::i8>;

/// A metric and a codec, and data that suits both: clusters around a point that is not the origin, so that it shows whether
/// a code knows its mean; whole numbers for codecs of integers; of length one for the inner product, so that each vector is
/// the nearest to itself.
template <class MetricType, class CodecType>
struct codec_case {
    using metric = MetricType;
    using codec = CodecType;
    using index = sextant::index<metric, codec>;

    /// Floats are kept in two planes from 64 dimensions on.
    static constexpr std::size_t dim = std::is_same_v<codec, sextant::f32> ? 72 : 40;

    static matrix<float> points(std::size_t count, std::uint64_t seed, std::uint64_t stream = 0) {
        matrix<float> points = clustered_points(count, dim, seed, stream);
        for (float& value : points.values) {
            value += 1.0f;
            if (of_integers<codec>) value = std::nearbyint(40.0f * value + (std::is_same_v<codec, sextant::u8> ? 30.0f : -40.0f));
        }
        if (!std::is_same_v<metric, sextant::inner_product>) return points;
        for (std::size_t row = 0; row < count; ++row) {
            const auto length = static_cast<float>(std::sqrt(product(points[row], points[row]).value));
            for (std::size_t i = 0; i < dim; ++i) points.values[row * dim + i] /= length;
        }
        return points;
    }
};

}  // namespace support
