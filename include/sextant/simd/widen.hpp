#pragma once

#include "widen_f16c.hpp"
#include "widen_neon.hpp"
#include "widen_portable.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// One batch of floats from as many floats, halves or bfloat16s, each exactly, by the best form this translation unit is
/// compiled for. Any alignment; nothing past the batch is read.
template <class Batch>
SEXTANT_INLINE Batch widen(const float* from) noexcept {
    return Batch::load_unaligned(from);
}

template <class Batch>
SEXTANT_INLINE Batch widen(const half* from) noexcept {
#if defined(__F16C__)
    return widen_f16c<Batch>(from);
#elif defined(__aarch64__)
    if constexpr (requires(float32x4_t lanes) { Batch(lanes); }) {
        return widen_neon<Batch>(from);
    } else {
        return widen_portable<Batch>(from);  // SVE
    }
#else
    return widen_portable<Batch>(from);
#endif
}

/// Two instructions wherever integers can be widened, so there is no form of its own for any of them. Where
/// both vectors are bfloat16s they need not be widened (reduce_stored.hpp).
template <class Batch>
SEXTANT_INLINE Batch widen(const bfloat16* from) noexcept {
    return widen_portable<Batch>(from);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
