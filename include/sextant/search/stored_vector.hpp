#pragma once

#include <cstddef>
#include <span>

#include "../codec/reranking.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Writes the vector of a node, as well as the codec remembers it, to `out`.
template <codec Codec>
void load_vector(const graph& nodes, const Codec& codec, slot id, std::span<typename Codec::element> out) {
    if constexpr (reranking_codec<Codec>) {
        codec.decode_cold(nodes.code(id), nodes.cold(id), out);
    } else {
        codec.decode(nodes.code(id), out);
    }
}

/// Writes the codes of a vector to a node that nobody knows yet.
template <codec Codec>
void store_vector(graph& nodes, const Codec& codec, slot id, std::span<const typename Codec::element> vector) {
    codec.encode(vector, nodes.code(id));
    if constexpr (reranking_codec<Codec>) codec.encode_cold(vector, nodes.code(id), nodes.cold(id));
}

}  // namespace sextant::inline SEXTANT_ABI
