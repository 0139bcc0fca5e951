#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "batch.hpp"
#include "widen.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// Where the coordinates of a row begin that are kept as `Stored`: something that can be added to, indexed and widened.
template <class Stored>
struct stored_row {
    static SEXTANT_INLINE const Stored* at(const Stored* row, std::size_t) noexcept { return row; }
    static SEXTANT_INLINE const Stored* at(const std::byte* row, std::size_t) noexcept {
        return reinterpret_cast<const Stored*>(row);
    }
};

/// Coordinates that are fewer than a batch has lanes, then zeros.
template <class Batch, class Position>
SEXTANT_INLINE Batch widen_few(Position from, std::size_t count) noexcept {
    std::array<float, Batch::size> lanes{};
    for (std::size_t i = 0; i < count; ++i) lanes[i] = static_cast<float>(from[i]);
    return Batch::load_unaligned(lanes.data());
}

/// One batch of coordinates, from position i on, added to `sum`.
template <class Reduction, class Batch, class Query, class Position>
SEXTANT_INLINE Batch step_at(const Batch& sum, Query query, Position row, std::size_t i) noexcept {
    return Reduction::step(sum, widen<Batch>(query + i), widen<Batch>(row + i));
}

/// A reduction is a sum over coordinates: `step(acc, x, y)` adds a batch of coordinate pairs to acc, each to its lane, and adds
/// nothing where both are zero. Nothing is added up as single floats: of those, compilers fuse some products and not others.
///
/// Sums one query against `Rows` rows at once. Several rows together are why a query costs less than one distance at a
/// time: each load of the query serves all rows, the rows' cache misses overlap, and there are enough independent sums
/// to hide the latency of an addition (four cycles or so, two a cycle: about eight sums in flight). One row alone has fewer
/// unless it is added up in more parts, but a sum of floats depends on its parts: a distance must not depend on how many others
/// are computed with it, or equal vectors would not be ties.
///
/// query, rows[r]: `dim` floats each, any alignment; nothing past them is read. out: `Rows` sums. Either may be kept in 16
/// bits (core/half.hpp): the query is what it points to, or where it lies (stored_row), the rows are `Stored`. Rows may be given
/// as pointers to that or to std::byte: copying the pointers to change their type costs a stalled load.
template <class Reduction, std::size_t Rows, class Arch = xsimd::default_arch, class Stored = float, std::size_t Parts = 2,
          class Query, class Row>
SEXTANT_INLINE void reduce_rows(Query query, const Row* const* rows, std::size_t dim, float* out) noexcept {
    static_assert(std::is_same_v<Row, Stored> || std::is_same_v<Row, std::byte>);
    static_assert(Parts == 2 || Parts == 4);
    using batch = xsimd::batch<float, Arch>;
    constexpr std::size_t lanes = batch::size;

    // The rows are counted by a pack, not by a loop, so that the sums stay in registers at -O2 as well.
    [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
        const std::array row{stored_row<Stored>::at(rows[R], dim)...};
        if (dim < lanes) {
            const batch q = widen_few<batch>(query, dim);
            ((out[R] = lane_sum(Reduction::step(batch(0.0f), q, widen_few<batch>(row[R], dim)))), ...);
            return;
        }
        std::array<batch, Rows> sum{((void)R, batch(0.0f))...};
        std::size_t i = 0;
        if (dim >= Parts * lanes) {
            std::array<batch, Rows> second{((void)R, batch(0.0f))...};
            if constexpr (Parts == 4) {
                std::array<batch, Rows> third{((void)R, batch(0.0f))...};
                std::array<batch, Rows> fourth{((void)R, batch(0.0f))...};
                for (; i + 4 * lanes <= dim; i += 4 * lanes) {
                    ((sum[R] = step_at<Reduction, batch>(sum[R], query, row[R], i)), ...);
                    ((second[R] = step_at<Reduction, batch>(second[R], query, row[R], i + lanes)), ...);
                    ((third[R] = step_at<Reduction, batch>(third[R], query, row[R], i + 2 * lanes)), ...);
                    ((fourth[R] = step_at<Reduction, batch>(fourth[R], query, row[R], i + 3 * lanes)), ...);
                }
                ((sum[R] = sum[R] + third[R], second[R] = second[R] + fourth[R]), ...);
            } else {
                for (; i + 2 * lanes <= dim; i += 2 * lanes) {
                    ((sum[R] = step_at<Reduction, batch>(sum[R], query, row[R], i)), ...);
                    ((second[R] = step_at<Reduction, batch>(second[R], query, row[R], i + lanes)), ...);
                }
            }
            ((sum[R] = sum[R] + second[R]), ...);
        }
        for (; i + lanes <= dim; i += lanes) ((sum[R] = step_at<Reduction, batch>(sum[R], query, row[R], i)), ...);
        if (i < dim) {
            const batch mask = last_lanes<batch>(dim - i);
            const batch q = widen<batch>(query + (dim - lanes)) & mask;
            ((sum[R] = Reduction::step(sum[R], q, widen<batch>(row[R] + (dim - lanes)) & mask)), ...);
        }
        ((out[R] = lane_sum(sum[R])), ...);
    }(std::make_index_sequence<Rows>{});
}

/// How many rows a kernel takes at a time.
inline constexpr std::size_t kernel_rows = 4;

/// reduce_rows for a number of rows that is known only at run time, up to kernel_rows. Not inlined: a call is small beside
/// four rows, and a copy in every caller would be large.
template <class Reduction, class Arch = xsimd::default_arch, class Stored = float, class Row>
SEXTANT_KERNEL void reduce_some(const float* query, const Row* const* rows, std::size_t count, std::size_t dim,
                                float* out) noexcept {
    switch (count) {
        case 4: return reduce_rows<Reduction, 4, Arch, Stored>(query, rows, dim, out);
        case 3: return reduce_rows<Reduction, 3, Arch, Stored>(query, rows, dim, out);
        case 2: return reduce_rows<Reduction, 2, Arch, Stored>(query, rows, dim, out);
        case 1: return reduce_rows<Reduction, 1, Arch, Stored>(query, rows, dim, out);
        default: return;
    }
}

/// The reduction of two vectors of `dim` floats, either of which may be kept in 16 bits, in four parts: as a distance it is not
/// quite that of reduce_some().
template <class Reduction, class Arch = xsimd::default_arch, class A, class B>
SEXTANT_KERNEL float reduce(const A* a, const B* b, std::size_t dim) noexcept {
    float sum;
    reduce_rows<Reduction, 1, Arch, B, 4>(a, &b, dim, &sum);
    return sum;
}

}  // namespace sextant::inline SEXTANT_ABI::simd
