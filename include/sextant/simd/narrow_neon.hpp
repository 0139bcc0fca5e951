#pragma once

#if defined(__aarch64__)

#include <arm_neon.h>

#include <cstdint>

#include "../core/half.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Four floats rounded to halves, in the program's rounding mode: to nearest unless it asked for another.
SEXTANT_INLINE void narrow_neon(const float* from, half* to) noexcept {
    const uint16x4_t bits = vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(from)));
    vst1_u16(reinterpret_cast<std::uint16_t*>(to), bits);
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
