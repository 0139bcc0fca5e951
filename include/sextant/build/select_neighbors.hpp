#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../graph/prefetch.hpp"
#include "../memory/aligned_buffer.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Buffers of neighbour selection. reserve() once, and nothing below allocates.
struct selection_space {
    std::vector<neighbor> pool;            ///< candidates, to be sorted by distance
    std::vector<neighbor> kept;            ///< the outcome, nearest first
    std::vector<const std::byte*> codes;   ///< the codes of `kept`
    std::vector<slot> ids;
    std::vector<float> distances;
    aligned_buffer query;                  ///< a stored code prepared as a query

    /// Room for `candidates` candidates, of which at most `links` are kept, and for a query of `query_bytes`. Throws
    /// std::bad_alloc.
    void reserve(std::size_t candidates, std::size_t links, std::size_t query_bytes) {
        query.reserve(query_bytes);
        pool.reserve(candidates);
        kept.reserve(links);
        codes.reserve(links);
        if (ids.size() < candidates) ids.resize(candidates);
        if (distances.size() < candidates) distances.resize(candidates);
    }

    std::size_t bytes() const noexcept {
        return (pool.capacity() + kept.capacity()) * sizeof(neighbor) + codes.capacity() * sizeof(codes[0]) +
               ids.capacity() * sizeof(slot) + distances.capacity() * sizeof(float) + query.bytes();
    }
};

/// Whether some kept node is nearer to the candidate than `radius`, the candidate's distance to its base. The candidate is
/// prepared as a query in `query_bytes`.
template <codec Codec>
bool is_covered(const graph& nodes, const Codec& codec, slot candidate, float radius,
                std::span<const std::byte* const> kept, std::byte* query_bytes) {
    const typename Codec::query query = codec.prepare_stored(nodes.code(candidate), query_bytes);
    std::array<float, simd::kernel_rows> distances;
    for (std::size_t i = 0; i < kept.size(); i += simd::kernel_rows) {
        const std::size_t rows = std::min(simd::kernel_rows, kept.size() - i);
        codec.distances(query, kept.data() + i, rows, distances.data());
        for (std::size_t r = 0; r < rows; ++r) {
            if (distances[r] < radius) return true;
        }
    }
    return false;
}

/// Chooses up to `links` of `candidates`, sorted nearest first, into space.kept: a candidate is kept if it is nearer to
/// the base than to every one kept before it, so that the links point in different directions (algorithm 4 of the HNSW
/// paper). Allocates nothing if `space` was reserved for as many. Candidates that `pinned(slot)` names are kept whatever the
/// rule says; there must be at most `links` of them.
///
/// The search that found the candidates has met so many others since that their codes have left the caches: all that is
/// compared of them is fetched again, because each becomes a query. Without it an insertion into fashion-mnist-784 took 1.06
/// times as long.
template <codec Codec, class Pinned>
void select_neighbors(const graph& nodes, const Codec& codec, std::span<const neighbor> candidates, std::size_t links,
                      Pinned&& pinned, selection_space& space) {
    space.kept.clear();
    space.codes.clear();
    std::size_t room = links;
    for (const neighbor& c : candidates) room -= pinned(c.id) ? 1u : 0u;
    constexpr std::size_t ahead = 2;
    const std::size_t lines = lines_of(front_bytes(codec));
    for (std::size_t i = 0; i < candidates.size() && space.kept.size() < links; ++i) {
        if (i + ahead < candidates.size()) prefetch_code(nodes.code(candidates[i + ahead].id), lines);
        const neighbor& c = candidates[i];
        if (!pinned(c.id)) {
            if (room == 0 || is_covered(nodes, codec, c.id, c.distance, std::span(space.codes), space.query.data())) continue;
            --room;
        }
        space.kept.push_back(c);
        space.codes.push_back(nodes.code(c.id));
    }
}

}  // namespace sextant::inline SEXTANT_ABI
