#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The number of bits in which `bytes` bytes of a and b differ. Reads nothing past them. std::popcount is one instruction
/// where the target has it (x86-64-v2, every AArch64).
SEXTANT_INLINE std::uint32_t hamming_portable(const std::byte* a, const std::byte* b, std::size_t bytes) noexcept {
    const auto word = [](const std::byte* from, std::size_t count) {
        std::uint64_t w = 0;
        std::memcpy(&w, from, count);
        return w;
    };
    std::uint64_t even = 0;
    std::uint64_t odd = 0;  // two sums, because an addition waits for the one before it
    std::size_t i = 0;
    for (; i + 16 <= bytes; i += 16) {
        even += static_cast<std::uint64_t>(std::popcount(word(a + i, 8) ^ word(b + i, 8)));
        odd += static_cast<std::uint64_t>(std::popcount(word(a + i + 8, 8) ^ word(b + i + 8, 8)));
    }
    for (; i < bytes; i += 8) {
        const std::size_t left = bytes - i < 8 ? bytes - i : 8;
        even += static_cast<std::uint64_t>(std::popcount(word(a + i, left) ^ word(b + i, left)));
    }
    return static_cast<std::uint32_t>(even + odd);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
