#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "packed.hpp"
#include "reduce.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Integer dot products of one query with several packed codes, over the forms that an instruction set gives them. A form
/// is a type with
///
///   vector, bytes                 `bytes` bytes (16, 32 or 64) of a query or a code;
///   load(p), load_part(p, n)      `bytes` bytes from p, at any alignment; n < bytes of them, a multiple of 16, then zeros;
///   query_side<Width>             prepare(vector): the query's vector in the shape that add wants; it may remember it;
///   row_sum<Width>                one row's sum, zero at first: add<j>(codes, prepared) adds field j of the codes times
///                                 the query, end_block() follows every packed_block bytes of codes (sums of 16 bits
///                                 are emptied there), merge(other), total(query_side); `chains`: how many additions it
///                                 does at a time that do not wait for each other;
///   in_flight                     how many such additions keep the instruction set busy, 1 where they take one cycle;
///   lanes, zero()                 a total: 32-bit lanes whose sum is the dot product, modulo 2^32;
///   add_shifted<n>(a, b)          a + (b << n);
///   store(totals, out)            the sums of the lanes of each of 1 to kernel_rows totals.
///
/// See packed_dot_portable.hpp for one without intrinsics.
///
/// The fields of `codes` (one vector per row) that lie `stride` coordinates apart from `query` on. Each load of the query
/// serves all rows.
template <unsigned Width, class Vectors, class Query, class Sums, class Load>
SEXTANT_INLINE void dot_packed_fields(const std::int8_t* query, std::size_t stride, const Vectors& codes, Query& side,
                                      Sums& sums, const Load& load) noexcept {
    // Fields and rows are counted by packs, not by loops, so that the sums stay in registers at -O2 as well.
    [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) SEXTANT_INLINE_LAMBDA {
        const auto field = [&]<unsigned j>(std::integral_constant<unsigned, j>) SEXTANT_INLINE_LAMBDA {
            const auto prepared = side.prepare(load(query + stride * j));
            [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
                (sums[R].template add<j>(codes[R], prepared), ...);
            }(std::make_index_sequence<std::tuple_size_v<Vectors>>{});
        };
        (field(std::integral_constant<unsigned, J>{}), ...);
    }(std::make_integer_sequence<unsigned, 8 / Width>{});
}

/// Adds 2^Shift times the dot products with `bytes` bytes of a plane to `totals`.
template <class Form, unsigned Width, unsigned Shift, std::size_t Rows>
SEXTANT_INLINE void dot_packed_plane(const std::int8_t* query, const std::array<const std::byte*, Rows>& rows,
                                     std::size_t bytes,
                                     std::array<typename Form::lanes, Rows>& totals) noexcept {
    using sum = typename Form::template row_sum<Width>;
    constexpr std::size_t fields = 8 / Width;
    static_assert(packed_block % Form::bytes == 0);
    constexpr std::size_t unroll = std::clamp<std::size_t>(Form::in_flight / (Rows * sum::chains), 1, 4);

    [&]<std::size_t... R, std::size_t... U>(std::index_sequence<R...>,
                                            std::index_sequence<U...>) SEXTANT_INLINE_LAMBDA {
        typename Form::template query_side<Width> side;
        std::array<std::array<sum, Rows>, unroll> sums{};
        const auto add = [&](std::size_t at, const std::int8_t* from, std::size_t stride, auto& to,
                             const auto& load) SEXTANT_INLINE_LAMBDA {
            const std::array<typename Form::vector, Rows> codes{load(rows[R] + at)...};
            dot_packed_fields<Width>(from, stride, codes, side, to, load);
        };
        const auto whole = [](const void* p) SEXTANT_INLINE_LAMBDA { return Form::load(p); };
        // A loop, because unrolled vectors shorter than a block would make a great deal of code.
        const auto add_whole_vectors = [&](std::size_t block, std::size_t stride, auto& to) SEXTANT_INLINE_LAMBDA {
            std::size_t c = 0;
            for (; c + Form::bytes <= stride; c += Form::bytes) {
                add(block + c, query + block * fields + c, stride, to, whole);
            }
            return c;
        };
        const auto add_block = [&](std::size_t block, auto& to) SEXTANT_INLINE_LAMBDA {
            add_whole_vectors(block, packed_block, to);
            (to[R].end_block(), ...);
        };
        std::size_t block = 0;
        for (; block + unroll * packed_block <= bytes; block += unroll * packed_block) {
            (add_block(block + U * packed_block, sums[U]), ...);
        }
        for (; block < bytes; block += packed_block) {
            const std::size_t stride = std::min(packed_block, bytes - block);
            std::size_t c = 0;
            // With one block at a time, only the shorter last one is left here.
            if constexpr (unroll > 1 || Form::bytes < packed_block) c = add_whole_vectors(block, stride, sums[0]);
            if constexpr (Form::bytes > 16) {
                if (c < stride) {
                    add(block + c, query + block * fields + c, stride, sums[0],
                        [n = stride - c](const void* p) SEXTANT_INLINE_LAMBDA { return Form::load_part(p, n); });
                }
            }
            (sums[0][R].end_block(), ...);
        }
        const auto merge = [&](std::size_t u) SEXTANT_INLINE_LAMBDA { (sums[0][R].merge(sums[u][R]), ...); };
        ((U == 0 ? void() : merge(U)), ...);
        ((totals[R] = Form::template add_shifted<Shift>(totals[R], sums[0][R].total(side))), ...);
    }(std::make_index_sequence<Rows>{}, std::make_index_sequence<unroll>{});
}

/// out[r] = Σ query[i] · code_r[i] over `padded_dim` coordinates, for `Rows` codes of `Bits` bits.
template <class Form, unsigned Bits, std::size_t Rows>
SEXTANT_INLINE void dot_packed_rows(const std::int8_t* query, const std::byte* const* rows, std::size_t padded_dim,
                                    std::int32_t* out) noexcept {
    using layout = packed<Bits>;
    [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
        std::array<typename Form::lanes, Rows> totals{((void)R, Form::zero())...};
        const auto add_plane = [&]<unsigned Width>(std::integral_constant<unsigned, Width>) SEXTANT_INLINE_LAMBDA {
            if constexpr (layout::template has_plane<Width>) {
                const std::size_t offset = layout::template plane_offset<Width>(padded_dim);
                dot_packed_plane<Form, Width, layout::template shift<Width>, Rows>(
                    query, {rows[R] + offset...}, padded_dim / 8 * Width, totals);
            }
        };
        add_plane(std::integral_constant<unsigned, 8>{});
        add_plane(std::integral_constant<unsigned, 4>{});
        add_plane(std::integral_constant<unsigned, 2>{});
        add_plane(std::integral_constant<unsigned, 1>{});
        Form::store(totals, out);
    }(std::make_index_sequence<Rows>{});
}

/// dot_packed_rows for a number of rows that is known only at run time, up to kernel_rows; see reduce_some.
template <class Form, unsigned Bits>
SEXTANT_KERNEL void dot_packed_some(const std::int8_t* query, const std::byte* const* rows, std::size_t count,
                                    std::size_t padded_dim, std::int32_t* out) noexcept {
    switch (count) {
        case 4: return dot_packed_rows<Form, Bits, 4>(query, rows, padded_dim, out);
        case 3: return dot_packed_rows<Form, Bits, 3>(query, rows, padded_dim, out);
        case 2: return dot_packed_rows<Form, Bits, 2>(query, rows, padded_dim, out);
        case 1: return dot_packed_rows<Form, Bits, 1>(query, rows, padded_dim, out);
        default: return;
    }
}

}  // namespace sextant::inline SEXTANT_ABI::simd
