#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// CRC32C (Castagnoli, reflected polynomial 0x82F63B78), as iSCSI and ext4 use it. Feed it pieces in order.
class crc32c {
public:
    constexpr void update(const unsigned char* bytes, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i) state_ = (state_ >> 8) ^ table[(state_ ^ bytes[i]) & 0xFFu];
    }

    /// Feeds a number least significant byte first, so that the sum does not depend on the machine.
    constexpr void update(std::uint32_t value) noexcept {
        for (int i = 0; i < 4; ++i, value >>= 8) state_ = (state_ >> 8) ^ table[(state_ ^ value) & 0xFFu];
    }

    constexpr std::uint32_t value() const noexcept { return ~state_; }

private:
    static constexpr std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t c = i;
            for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1u) ? 0x82F6'3B78u : 0u);
            t[i] = c;
        }
        return t;
    }();

    std::uint32_t state_ = 0xFFFF'FFFFu;
};

}  // namespace sextant::inline SEXTANT_ABI
