#pragma once

#if defined(__aarch64__)

#include <arm_neon.h>

#include <cstdint>

#include "../core/half.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// widen_portable by the conversion that every AArch64 has.
template <class Batch>
SEXTANT_INLINE Batch widen_neon(const half* from) noexcept {
    const uint16x4_t bits = vld1_u16(reinterpret_cast<const std::uint16_t*>(from));
    return Batch(vcvt_f32_f16(vreinterpret_f16_u16(bits)));
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
