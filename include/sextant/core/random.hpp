#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Mixes 64 bits into 64 well-distributed ones (the finaliser of SplitMix64; Steele, Lea and Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9E37'79B9'7F4A'7C15u;
    x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9u;
    x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBu;
    return x ^ (x >> 31);
}

/// The highest level a node may have.
inline constexpr unsigned max_level = 31;

/// The level of the node in `id`: geometric, floor(-ln(u) / ln(degree)) (Malkov and Yashunin 2018, section 4). A function
/// of the seed and the slot alone, so that no generator is shared between threads and equal runs draw equal levels.
inline unsigned draw_level(std::uint64_t seed, std::uint32_t id, std::size_t degree) noexcept {
    const double u = (static_cast<double>(mix(seed ^ mix(id)) >> 11) + 1.0) * 0x1p-53;  // in (0, 1]
    const double level = -std::log(u) / std::log(static_cast<double>(degree));
    return level < max_level ? static_cast<unsigned>(level) : max_level;
}

}  // namespace sextant::inline SEXTANT_ABI
