#pragma once

#include <sextant/sextant.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>

#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "support/reference.hpp"

namespace support {

/// The largest difference of coordinates: a metric as a program would bring it.
inline constexpr auto largest_difference = [](std::span<const float> a, std::span<const float> b) {
    float largest = 0.0f;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
};
using chebyshev = sextant::custom<std::remove_const_t<decltype(largest_difference)>>;

/// Distances as the metrics' definitions say, in double precision.
inline double reference_distance(sextant::l2, std::span<const float> a, std::span<const float> b) {
    return squared_difference(a, b).value;
}

inline double reference_distance(sextant::inner_product, std::span<const float> a, std::span<const float> b) {
    return 1.0 - product(a, b).value;
}

inline double reference_distance(sextant::cosine, std::span<const float> a, std::span<const float> b) {
    const double norms = std::sqrt(product(a, a).value) * std::sqrt(product(b, b).value);
    return std::max(0.0, 1.0 - product(a, b).value / norms);
}

inline double reference_distance(sextant::hamming, std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    return differing_bits(a, b, a.size() * 8);
}

inline double reference_distance(chebyshev, std::span<const float> a, std::span<const float> b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(double{a[i]} - b[i]));
    return largest;
}

/// A kind of index, and data whose distances are exact in floats under every metric but cosine.
template <class MetricType, class KeyType, class HashType = std::hash<KeyType>>
struct index_case {
    using metric = MetricType;
    using key = KeyType;
    using hash = HashType;
    using index = sextant::index<metric, sextant::default_codec_t<metric>, key, hash>;
    using element = typename index::element;

    static constexpr std::size_t dim = std::is_same_v<element, float> ? 10 : 80;

    /// How far a distance may be from the reference.
    static constexpr double tolerance = std::is_same_v<metric, sextant::cosine> ? 2e-6 : 0.0;

    static matrix<element> points(std::size_t count, std::uint64_t seed) {
        if constexpr (std::is_same_v<element, float>) {
            return grid_points(count, dim, seed, 4);
        } else {
            return random_codes(count, dim / 8, seed);
        }
    }
};

}  // namespace support
