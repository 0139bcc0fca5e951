#pragma once

#include <cstddef>

#include "../core/half.hpp"
#include "dot.hpp"
#include "dot_bf16_avx512.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// A reduction of vectors both as they are stored: `available` where this translation unit is compiled for an instruction
/// that takes them so. Then `some` is reduce_some without widening the query beforehand and the rows on the way; elsewhere
/// widening the query once is best.
///
/// A query of floats is not for it. Split into bfloat16s that add up to it, it takes three instructions instead of one to be
/// as exact as it was, which is 1.0 to 1.1 times as fast as widening out of memory and 0.6 to 0.9 times with single rows.
template <class Reduction, class Stored>
struct reduce_stored {
    static constexpr bool available = false;
};

#if defined(__AVX512BF16__) && defined(__AVX512BW__)
template <>
struct reduce_stored<product, bfloat16> {
    static constexpr bool available = true;

    template <class Row>
    static SEXTANT_INLINE void some(const bfloat16* query, const Row* const* rows, std::size_t count, std::size_t dim,
                                    float* out) noexcept {
        dot_bf16_avx512(query, rows, count, dim, out);
    }
};
#endif

}  // namespace sextant::inline SEXTANT_ABI::simd
