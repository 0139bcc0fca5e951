#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "support/matrix.hpp"
#include "support/random_values.hpp"

namespace support {

/// Rows of small whole numbers. Sums of their products are exact in floats, in whatever order they are added, so that
/// distances can be compared for equality; and since there are few values, there are many ties. No row is zero, so
/// that cosine takes them too.
inline matrix<float> grid_points(std::size_t count, std::size_t dim, std::uint64_t seed, unsigned magnitude = 8) {
    matrix<float> points{count, dim, random_whole_floats(count * dim, seed, magnitude)};
    for (std::size_t row = 0; row < count; ++row) points.values[row * dim] += static_cast<float>(magnitude + 1);
    return points;
}

/// Rows around a few dozen centres: data with neighbours worth finding, which uniform noise has not. Calls with the same
/// seed have the same centres; `stream` tells base rows from queries.
inline matrix<float> clustered_points(std::size_t count, std::size_t dim, std::uint64_t seed, std::uint64_t stream = 0) {
    constexpr std::size_t clusters = 40;
    const std::vector<float> centres = random_floats(clusters * dim, seed);
    const std::vector<float> noise = random_floats(count * dim, seed + 1 + stream, -0.5f, 0.5f);
    std::mt19937_64 random(seed + 2 + stream);
    matrix<float> points{count, dim, noise};
    for (std::size_t row = 0; row < count; ++row) {
        const std::size_t centre = random() % clusters;
        for (std::size_t i = 0; i < dim; ++i) points.values[row * dim + i] += centres[centre * dim + i];
    }
    return points;
}

/// The same row, `count` times.
inline matrix<float> identical_points(std::size_t count, std::size_t dim) {
    return {count, dim, std::vector<float>(count * dim, 1.0f)};
}

/// Rows i·(1, 2, 3, …): all on one line, in its order.
inline matrix<float> collinear_points(std::size_t count, std::size_t dim) {
    matrix<float> points{count, dim, {}};
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < dim; ++i) points.values.push_back(static_cast<float>(row * (i + 1)));
    }
    return points;
}

inline matrix<std::uint8_t> random_codes(std::size_t count, std::size_t bytes, std::uint64_t seed) {
    return {count, bytes, random_bytes(count * bytes, seed)};
}

/// `count` keys: first, first + 1, …
inline std::vector<std::uint64_t> keys_from(std::uint64_t first, std::size_t count) {
    std::vector<std::uint64_t> keys(count);
    std::iota(keys.begin(), keys.end(), first);
    return keys;
}

}  // namespace support
