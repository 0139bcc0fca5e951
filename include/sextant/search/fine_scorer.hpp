#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "../codec/reranking.hpp"
#include "../graph/graph.hpp"
#include "../graph/prefetch.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Compares one prepared query with the cold codes of nodes.
template <reranking_codec Codec>
class fine_scorer {
public:
    fine_scorer(const graph& nodes, const Codec& codec, const typename Codec::fine_query& query) noexcept
        : nodes_(nodes), codec_(codec), query_(query), plan_(default_prefetch(codec.cold_bytes())) {}

    /// out[i] = the distance to ids[i].
    void operator()(const slot* ids, std::size_t n, float* out) const {
        for (std::size_t i = 0; i < std::min<std::size_t>(n, plan_.ahead); ++i) prefetch(ids[i]);
        for (std::size_t i = 0; i < n; i += simd::kernel_rows) {
            const std::size_t rows = std::min(simd::kernel_rows, n - i);
            for (std::size_t j = i + plan_.ahead; j < std::min(n, i + plan_.ahead + rows); ++j) prefetch(ids[j]);
            std::array<const std::byte*, simd::kernel_rows> codes;
            std::array<const std::byte*, simd::kernel_rows> cold;
            for (std::size_t r = 0; r < rows; ++r) {
                codes[r] = nodes_.code(ids[i + r]);
                cold[r] = nodes_.cold(ids[i + r]);
            }
            codec_.fine_distances(query_, codes.data(), cold.data(), rows, out + i);
        }
    }

private:
    void prefetch(slot id) const noexcept {
        prefetch_code(nodes_.cold(id), plan_.lines);
    }

    const graph& nodes_;
    const Codec& codec_;
    typename Codec::fine_query query_;
    prefetch_plan plan_;
};

}  // namespace sextant::inline SEXTANT_ABI
