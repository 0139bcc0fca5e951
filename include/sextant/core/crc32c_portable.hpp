#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI::detail {

/// The reflected polynomial of CRC32C.
inline constexpr std::uint32_t crc32c_polynomial = 0x82F6'3B78u;

/// crc32c_tables[k][b]: what byte b adds to the state once k bytes more have been fed. Eight bytes are then eight look-ups
/// that do not wait for each other, which is what makes it several times faster than a byte at a time (Kounavis and Berry 2005).
inline constexpr auto crc32c_tables = [] {
    std::array<std::array<std::uint32_t, 256>, 8> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1u) != 0 ? crc32c_polynomial : 0u);
        t[0][i] = c;
    }
    for (std::size_t k = 1; k < 8; ++k) {
        for (std::size_t i = 0; i < 256; ++i) t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 0xFFu];
    }
    return t;
}();

constexpr std::uint32_t crc32c_byte(std::uint32_t state, std::uint32_t byte) noexcept {
    return (state >> 8) ^ crc32c_tables[0][(state ^ byte) & 0xFFu];
}

/// The state after `count` more bytes.
constexpr std::uint32_t crc32c_portable(std::uint32_t state, const unsigned char* bytes, std::size_t count) noexcept {
    const auto word = [](const unsigned char* b) {
        return std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
    };
    for (; count >= 8; count -= 8, bytes += 8) {
        const std::uint32_t low = state ^ word(bytes);
        const std::uint32_t high = word(bytes + 4);
        state = crc32c_tables[7][low & 0xFFu] ^ crc32c_tables[6][low >> 8 & 0xFFu] ^ crc32c_tables[5][low >> 16 & 0xFFu] ^
                crc32c_tables[4][low >> 24] ^ crc32c_tables[3][high & 0xFFu] ^ crc32c_tables[2][high >> 8 & 0xFFu] ^
                crc32c_tables[1][high >> 16 & 0xFFu] ^ crc32c_tables[0][high >> 24];
    }
    for (; count > 0; --count) state = crc32c_byte(state, *bytes++);
    return state;
}

}  // namespace sextant::inline SEXTANT_ABI::detail
