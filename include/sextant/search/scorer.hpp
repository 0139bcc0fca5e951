#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// out[i] = the distance to ids[i], with the codes of those to come under way.
template <class Scorer>
SEXTANT_INLINE void score_ahead(const Scorer& score, const slot* ids, std::size_t n, float* out) {
    const std::size_t ahead = score.ahead();
    const std::size_t first = std::min(n, ahead);
    for (std::size_t i = 0; i < first; ++i) score.prefetch(ids[i]);
    for (std::size_t i = 0; i < n; i += simd::kernel_rows) {
        const std::size_t rows = std::min(simd::kernel_rows, n - i);
        const std::size_t end = std::min(n, i + ahead + rows);
        for (std::size_t j = i + ahead; j < end; ++j) score.prefetch(ids[j]);
        score.few(ids + i, rows, out + i);
    }
}

/// Compares one prepared query with nodes of a graph.
template <codec Codec>
class scorer {
public:
    scorer(const graph& nodes, const Codec& codec, const typename Codec::query& query) noexcept
        : nodes_(nodes), codec_(codec), query_(query), ahead_(nodes.prefetching().ahead), lines_(nodes.prefetching().lines) {}

    /// out[i] = the distance to ids[i].
    SEXTANT_INLINE void operator()(const slot* ids, std::size_t n, float* out) const {
        score_ahead(*this, ids, n, out);
    }

    const Codec& codec() const noexcept { return codec_; }
    const typename Codec::query& query() const noexcept { return query_; }

    std::size_t ahead() const noexcept { return ahead_; }

    /// The same for up to simd::kernel_rows ids, whose codes the caller has fetched.
    SEXTANT_INLINE void few(const slot* ids, std::size_t n, float* out) const {
        std::array<const std::byte*, simd::kernel_rows> codes;
        for (std::size_t r = 0; r < n; ++r) codes[r] = nodes_.code(ids[r]);
        codec_.distances(query_, codes.data(), n, out);
    }

    float operator()(slot id) const {
        std::array<float, simd::kernel_rows> distance;
        few(&id, 1, distance.data());
        return distance[0];
    }

    SEXTANT_INLINE void prefetch(slot id) const noexcept {
        prefetch_code(nodes_.code(id), lines_);
    }

private:
    const graph& nodes_;
    const Codec& codec_;
    typename Codec::query query_;
    std::size_t ahead_;
    std::size_t lines_;
};

}  // namespace sextant::inline SEXTANT_ABI
