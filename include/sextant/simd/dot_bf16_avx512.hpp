#pragma once

#if defined(__AVX512BF16__) && defined(__AVX512BW__)

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "../core/half.hpp"
#include "batch.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Σ x·y of one bfloat16 vector and `Rows` others by AVX512-BF16, which xsimd does not offer: 32 pairs an instruction
/// instead of 16, and nothing to widen. Products are exact and sums are rounded as floats are, but for what is below 2^-126,
/// which counts as zero.
///
/// query, rows[r]: `dim` bfloat16s each, any alignment. The last part is loaded under a mask, so nothing past the end is
/// read. Two sums a row, also for a single one: four were tried, hardly faster at 1,536 dimensions and slower below 200.
template <std::size_t Rows, class Row>
SEXTANT_INLINE void dot_rows_bf16_avx512(const bfloat16* query, const Row* const* rows, std::size_t dim,
                                         float* out) noexcept {
    using batch = xsimd::batch<float>;
    constexpr std::size_t lanes = 32;
    const auto load = [](const bfloat16* from) SEXTANT_INLINE_LAMBDA {
        return std::bit_cast<__m512bh>(_mm512_loadu_si512(from));
    };
    [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
        const std::array<const bfloat16*, Rows> row{reinterpret_cast<const bfloat16*>(rows[R])...};
        std::array<batch, Rows> sum{((void)R, batch(0.0f))...};
        std::array<batch, Rows> second{((void)R, batch(0.0f))...};
        std::size_t i = 0;
        for (; i + 2 * lanes <= dim; i += 2 * lanes) {
            const __m512bh q = load(query + i);
            ((sum[R] = batch(_mm512_dpbf16_ps(sum[R], q, load(row[R] + i)))), ...);
            const __m512bh next = load(query + i + lanes);
            ((second[R] = batch(_mm512_dpbf16_ps(second[R], next, load(row[R] + i + lanes)))), ...);
        }
        if (i + lanes <= dim) {
            const __m512bh q = load(query + i);
            ((sum[R] = batch(_mm512_dpbf16_ps(sum[R], q, load(row[R] + i)))), ...);
            i += lanes;
        }
        if (i < dim) {
            const __mmask32 mask = ~std::uint32_t{0} >> (lanes - (dim - i));
            const auto load_last = [mask](const bfloat16* from) SEXTANT_INLINE_LAMBDA {
                return std::bit_cast<__m512bh>(_mm512_maskz_loadu_epi16(mask, from));
            };
            const __m512bh q = load_last(query + i);
            ((second[R] = batch(_mm512_dpbf16_ps(second[R], q, load_last(row[R] + i)))), ...);
        }
        ((out[R] = lane_sum(sum[R] + second[R])), ...);
    }(std::make_index_sequence<Rows>{});
}

/// The same for a number of rows that is known only at run time, up to kernel_rows. Not inlined, as reduce_some.
template <class Row>
SEXTANT_KERNEL void dot_bf16_avx512(const bfloat16* query, const Row* const* rows, std::size_t count, std::size_t dim,
                                    float* out) noexcept {
    switch (count) {
        case 4: return dot_rows_bf16_avx512<4>(query, rows, dim, out);
        case 3: return dot_rows_bf16_avx512<3>(query, rows, dim, out);
        case 2: return dot_rows_bf16_avx512<2>(query, rows, dim, out);
        case 1: return dot_rows_bf16_avx512<1>(query, rows, dim, out);
        default: return;
    }
}

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
