#pragma once

#if defined(__ARM_FEATURE_CRC32) && defined(__aarch64__) && !defined(__ARM_BIG_ENDIAN)

#include <arm_acle.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "crc32c_lanes.hpp"

namespace sextant::inline SEXTANT_ABI::detail {

/// crc32c_portable() with ARMv8's instruction.
inline std::uint32_t crc32c_arm64(std::uint32_t state, const unsigned char* bytes, std::size_t count) noexcept {
    return crc32c_in_lanes(state, bytes, count, [](std::uint32_t s, const unsigned char* from) SEXTANT_INLINE_LAMBDA {
        std::uint64_t eight;
        std::memcpy(&eight, from, sizeof(eight));
        return __crc32cd(s, eight);
    });
}

}  // namespace sextant::inline SEXTANT_ABI::detail

#endif
