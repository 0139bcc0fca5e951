#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "crc32c_portable.hpp"

namespace sextant::inline SEXTANT_ABI::detail {

/// Moves a state over `Bytes` zero bytes with four look-ups. CRC32C is linear, so what a stretch adds can be found beside the
/// ones before it and moved to its place afterwards.
template <std::size_t Bytes>
class crc32c_shift {
public:
    static std::uint32_t apply(std::uint32_t state) noexcept {
        return tables[0][state & 0xFFu] ^ tables[1][state >> 8 & 0xFFu] ^ tables[2][state >> 16 & 0xFFu] ^ tables[3][state >> 24];
    }

private:
    /// A linear map of states: what becomes of each bit.
    using matrix = std::array<std::uint32_t, 32>;

    static constexpr std::uint32_t times(const matrix& m, std::uint32_t state) noexcept {
        std::uint32_t result = 0;
        for (std::size_t bit = 0; state != 0; ++bit, state >>= 1) result ^= (state & 1u) != 0 ? m[bit] : 0u;
        return result;
    }

    static constexpr matrix then(const matrix& first, const matrix& second) noexcept {
        matrix result{};
        for (std::size_t bit = 0; bit < 32; ++bit) result[bit] = times(second, first[bit]);
        return result;
    }

    static constexpr auto tables = [] {
        matrix step{};    // over 1, 2, 4, … bytes
        matrix whole{};
        for (std::size_t bit = 0; bit < 32; ++bit) {
            whole[bit] = std::uint32_t{1} << bit;
            step[bit] = crc32c_byte(whole[bit], 0);
        }
        for (std::size_t left = Bytes; left != 0; left >>= 1) {
            if ((left & 1u) != 0) whole = then(whole, step);
            step = then(step, step);
        }
        std::array<std::array<std::uint32_t, 256>, 4> result{};
        for (std::size_t k = 0; k < 4; ++k) {
            for (std::uint32_t i = 0; i < 256; ++i) result[k][i] = times(whole, i << (8 * k));
        }
        return result;
    }();
};

/// The state after `count` more bytes, by an instruction that takes eight of them: feed8(state, bytes). It takes three cycles
/// and could begin every cycle, so three stretches are fed side by side.
template <class Feed8>
SEXTANT_INLINE std::uint32_t crc32c_in_lanes(std::uint32_t state, const unsigned char* bytes, std::size_t count,
                                             Feed8&& feed8) noexcept {
    constexpr std::size_t lane = 1024;
    for (; count >= 3 * lane; count -= 3 * lane, bytes += 3 * lane) {
        std::uint32_t second = 0;
        std::uint32_t third = 0;
        for (std::size_t i = 0; i < lane; i += 8) {
            state = feed8(state, bytes + i);
            second = feed8(second, bytes + lane + i);
            third = feed8(third, bytes + 2 * lane + i);
        }
        state = crc32c_shift<lane>::apply(crc32c_shift<lane>::apply(state) ^ second) ^ third;
    }
    for (; count >= 8; count -= 8, bytes += 8) state = feed8(state, bytes);
    return crc32c_portable(state, bytes, count);
}

}  // namespace sextant::inline SEXTANT_ABI::detail
