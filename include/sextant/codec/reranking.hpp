#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

#include "codec.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A codec with a second, faithful code for every vector, kept cold: the beam runs on the first and the best it finds are
/// compared anew with both. encode() and the rest of `codec` are about the first.
///   C::fine_query                        a prepared query for it
///   c.cold_bytes()                       bytes of the second code
///   c.fine_query_bytes()                 bytes that prepare_fine() needs
///   c.encode_cold(vector, code, cold)    writes the second code, after the first
///   c.decode_cold(code, cold, vector)    gives the vector back
///   c.prepare_fine(vector, bytes)        prepares a checked vector
///   c.fine_distances(q, codes, colds, n, out)   the distances to n vectors, n at most simd::kernel_rows
template <class C>
concept reranking_codec = codec<C> && requires(const C& c, std::span<const typename C::element> vector,
                                               std::span<typename C::element> back, std::byte* bytes, const std::byte* code,
                                               const std::byte* const* codes, std::size_t n, float* out,
                                               const typename C::fine_query& query) {
    requires std::is_trivially_copyable_v<typename C::fine_query>;
    { c.cold_bytes() } -> std::same_as<std::size_t>;
    { c.fine_query_bytes() } -> std::same_as<std::size_t>;
    c.encode_cold(vector, code, bytes);
    c.decode_cold(code, code, back);
    { c.prepare_fine(vector, bytes) } -> std::same_as<typename C::fine_query>;
    c.fine_distances(query, codes, codes, n, out);
};

/// Bytes of the second code, if there is one.
template <codec Codec>
std::size_t cold_bytes(const Codec& c) noexcept {
    if constexpr (reranking_codec<Codec>) {
        return c.cold_bytes();
    } else {
        return 0;
    }
}

}  // namespace sextant::inline SEXTANT_ABI
