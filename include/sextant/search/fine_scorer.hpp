#pragma once

#include <array>
#include <cstddef>

#include "../codec/reranking.hpp"
#include "../graph/graph.hpp"
#include "../graph/prefetch.hpp"
#include "../simd/reduce.hpp"
#include "scorer.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Compares one prepared query with the cold codes of nodes.
template <reranking_codec Codec>
class fine_scorer {
public:
    fine_scorer(const graph& nodes, const Codec& codec, const typename Codec::fine_query& query) noexcept
        : nodes_(nodes), codec_(codec), query_(query), plan_(default_prefetch(codec.cold_bytes())) {}

    /// out[i] = the distance to ids[i].
    void operator()(const slot* ids, std::size_t n, float* out) const {
        score_ahead(*this, ids, n, out);
    }

    std::size_t ahead() const noexcept { return plan_.ahead; }

    /// The same for up to simd::kernel_rows ids, whose codes the caller has fetched.
    void few(const slot* ids, std::size_t n, float* out) const {
        std::array<const std::byte*, simd::kernel_rows> codes{};
        std::array<const std::byte*, simd::kernel_rows> cold{};
        for (std::size_t r = 0; r < n; ++r) {
            codes[r] = nodes_.code(ids[r]);
            cold[r] = nodes_.cold(ids[r]);
        }
        codec_.fine_distances(query_, codes.data(), cold.data(), n, out);
    }

    void prefetch(slot id) const noexcept { prefetch_code(nodes_.cold(id), plan_.lines); }

private:
    const graph& nodes_;
    const Codec& codec_;
    typename Codec::fine_query query_;
    prefetch_plan plan_;
};

}  // namespace sextant::inline SEXTANT_ABI
