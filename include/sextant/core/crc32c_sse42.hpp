#pragma once

#if defined(__SSE4_2__) && defined(__x86_64__)

#include <nmmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "crc32c_lanes.hpp"

namespace sextant::inline SEXTANT_ABI::detail {

/// crc32c_portable() with SSE4.2's instruction.
inline std::uint32_t crc32c_sse42(std::uint32_t state, const unsigned char* bytes, std::size_t count) noexcept {
    return crc32c_in_lanes(state, bytes, count, [](std::uint32_t s, const unsigned char* from) SEXTANT_INLINE_LAMBDA {
        std::uint64_t eight;
        std::memcpy(&eight, from, sizeof(eight));
        return static_cast<std::uint32_t>(_mm_crc32_u64(s, eight));
    });
}

}  // namespace sextant::inline SEXTANT_ABI::detail

#endif
