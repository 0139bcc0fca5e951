#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace support {

/// Values that depend on the seed alone: the distributions of the standard library differ from one to the
/// next.

/// Evenly distributed in [low, high).
inline std::vector<float> random_floats(std::size_t count, std::uint64_t seed, float low = -1.0f,
                                        float high = 1.0f) {
    std::mt19937_64 generator(seed);
    std::vector<float> values(count);
    for (float& value : values) {
        const auto unit = static_cast<float>(generator() >> 40) * 0x1p-24f;
        value = low + (high - low) * unit;
    }
    return values;
}

/// Whole numbers in [-magnitude, magnitude]: as long as their sums stay below 2^24, float arithmetic on them
/// is exact, in whatever order it is done.
inline std::vector<float> random_whole_floats(std::size_t count, std::uint64_t seed, unsigned magnitude) {
    std::mt19937_64 generator(seed);
    std::vector<float> values(count);
    for (float& value : values) {
        value = static_cast<float>(generator() % (2 * magnitude + 1)) - static_cast<float>(magnitude);
    }
    return values;
}

inline std::vector<std::uint8_t> random_bytes(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    std::vector<std::uint8_t> values(count);
    for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(generator() >> 56);
    return values;
}

}  // namespace support
