#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include "../core/config.hpp"
#include "../core/error.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How vectors are stored and how a prepared query compares with them; the one seam between the graph and arithmetic.
///   C::element                  what the caller's vectors are made of
///   C::query                    a prepared query: a small value that borrows the bytes it was prepared into
///   C::max_dim                  the largest dimension it stores
///   C::metric_type              the metric; C(dim, metric) makes a codec, the metric given as an rvalue
///   c.metric()                  the metric it was made with
///   c.dim(), c.length()         the dimension, and how many elements a caller's vector has
///   c.code_bytes()              bytes of a stored code, any alignment up to a cache line being provided
///   c.query_bytes()             bytes that prepare() needs, aligned to a cache line
///   c.refuses(vector)           why a vector of length() elements cannot be stored or compared, if so
///   c.encode(vector, code)      stores a checked vector; decode(code, vector) gives it back
///   c.prepare(vector, bytes)    prepares a checked vector as a query
///   c.prepare_stored(code, bytes)   prepares a stored code as a query; it borrows the code, the query_bytes() at bytes,
///                               aligned to a cache line, or both. Comparing may write to these bytes: one thread at a time
///   c.distances(q, codes, n, out)   the distances from q to n codes, n at most simd::kernel_rows
/// and, where it differs from the obvious,
///   c.reported(distance)        a distance as the caller gets it; codes are ranked by what distances() wrote
///   c.heap_bytes()              what the codec has allocated beside the codes
/// All but its making is const and may be called from any number of threads. prepare_stored() and distances() allocate
/// nothing; the others nothing but what the thread keeps for the next time.
template <class C>
concept codec = requires(const C& c, std::span<const typename C::element> vector, std::span<typename C::element> back,
                         std::byte* bytes, const std::byte* code, const std::byte* const* codes, std::size_t n,
                         float* out, const typename C::query& query) {
    requires std::is_trivially_copyable_v<typename C::query>;
    { C::max_dim } -> std::convertible_to<std::size_t>;
    typename C::metric_type;
    requires std::constructible_from<C, std::size_t, typename C::metric_type>;
    { c.metric() } -> std::same_as<const typename C::metric_type&>;
    { c.dim() } -> std::same_as<std::size_t>;
    { c.length() } -> std::same_as<std::size_t>;
    { c.code_bytes() } -> std::same_as<std::size_t>;
    { c.query_bytes() } -> std::same_as<std::size_t>;
    { c.refuses(vector) } noexcept -> std::same_as<refusal>;
    c.encode(vector, bytes);
    c.decode(code, back);
    { c.prepare(vector, bytes) } -> std::same_as<typename C::query>;
    { c.prepare_stored(code, bytes) } -> std::same_as<typename C::query>;
    c.distances(query, codes, n, out);
};

/// Throws `error` if the codec does not take the vector.
template <codec Codec>
void check(const Codec& c, std::span<const typename Codec::element> vector) {
    if (vector.size() != c.length()) raise_dimension(c.length(), vector.size());
    if (const refusal why = c.refuses(vector)) raise(why.code, why.what);
}

/// A distance as the caller gets it, where that is not how codes are ranked.
template <codec Codec>
float reported(const Codec& c, float distance) noexcept {
    if constexpr (requires { c.reported(distance); }) {
        return c.reported(distance);
    } else {
        return distance;
    }
}

/// A codec whose distances() read the front of a code only and are off by a little, good enough to rank by: the best that a
/// search finds are compared anew.
///   c.front_bytes()                         what of a code is read for nearly all of them
///   c.exact_distances(q, codes, n, out)     the distances from all of the code
template <class C>
concept refining_codec = codec<C> && requires(const C& c, const typename C::query& query, const std::byte* const* codes,
                                              std::size_t n, float* out) {
    { c.front_bytes() } -> std::same_as<std::size_t>;
    c.exact_distances(query, codes, n, out);
};

/// What of a code is read for nearly all that a search compares.
template <codec Codec>
std::size_t front_bytes(const Codec& c) noexcept {
    if constexpr (refining_codec<Codec>) {
        return c.front_bytes();
    } else {
        return c.code_bytes();
    }
}

/// The distances as good as the codec can tell them.
template <codec Codec>
SEXTANT_INLINE void exact_distances(const Codec& c, const typename Codec::query& query, const std::byte* const* codes,
                                    std::size_t n, float* out) {
    if constexpr (refining_codec<Codec>) {
        c.exact_distances(query, codes, n, out);
    } else {
        c.distances(query, codes, n, out);
    }
}

/// Bytes a codec has allocated beside the codes.
template <codec Codec>
std::size_t heap_bytes(const Codec& c) noexcept {
    if constexpr (requires { c.heap_bytes(); }) {
        return c.heap_bytes();
    } else {
        return 0;
    }
}

/// Codec names a way of storing vectors, and there is one for Metric: `Codec::for_metric<Metric>`.
template <class Codec, class Metric>
concept stores_for = requires { typename Codec::template for_metric<Metric>; };

namespace detail {

template <class Codec, class Metric>
struct codec_for {
    static_assert(stores_for<Codec, Metric>, "this codec does not store vectors for this metric");
};

template <class Codec, class Metric>
    requires stores_for<Codec, Metric>
struct codec_for<Codec, Metric> {
    using type = typename Codec::template for_metric<Metric>;
};

}  // namespace detail

/// The codec by which Codec stores vectors for Metric; ask stores_for where there may be none.
template <class Codec, class Metric>
using codec_for = typename detail::codec_for<Codec, Metric>::type;

}  // namespace sextant::inline SEXTANT_ABI
