#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "config.hpp"
#include "crc32c_arm64.hpp"
#include "crc32c_portable.hpp"
#include "crc32c_sse42.hpp"

namespace sextant::inline SEXTANT_ABI {

/// CRC32C (Castagnoli, reflected polynomial 0x82F63B78), as iSCSI and ext4 use it. Feed it pieces in order. Many bytes at a
/// time go by the best form that this translation unit is compiled for.
class crc32c {
public:
    constexpr void update(const unsigned char* bytes, std::size_t count) noexcept {
        if (std::is_constant_evaluated()) {
            state_ = detail::crc32c_portable(state_, bytes, count);
        } else {
#if defined(__SSE4_2__) && defined(__x86_64__)
            state_ = detail::crc32c_sse42(state_, bytes, count);
#elif defined(__ARM_FEATURE_CRC32) && defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)
            state_ = detail::crc32c_arm64(state_, bytes, count);
#else
            state_ = detail::crc32c_portable(state_, bytes, count);
#endif
        }
    }

    /// Feeds a number least significant byte first, so that the sum does not depend on the machine.
    constexpr void update(std::uint32_t value) noexcept {
        for (int i = 0; i < 4; ++i, value >>= 8) state_ = detail::crc32c_byte(state_, value);
    }

    constexpr std::uint32_t value() const noexcept { return ~state_; }

private:
    std::uint32_t state_ = 0xFFFF'FFFFu;
};

}  // namespace sextant::inline SEXTANT_ABI
