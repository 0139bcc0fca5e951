#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How far ahead codes are fetched while others are compared.
struct prefetch_plan {
    std::size_t ahead = 4;  ///< codes between the one being fetched and the one being compared
    std::size_t lines = 8;  ///< cache lines fetched of each; beyond a few the hardware streams by itself
};

/// Compares one prepared query with nodes of a graph.
template <codec Codec>
class scorer {
public:
    scorer(const graph& nodes, const Codec& codec, const typename Codec::query& query, prefetch_plan plan = {}) noexcept
        : nodes_(nodes),
          codec_(codec),
          query_(query),
          ahead_(plan.ahead),
          fetched_bytes_(std::min(plan.lines * cache_line, codec.code_bytes())) {}

    /// out[i] = the distance to ids[i].
    SEXTANT_INLINE void operator()(const slot* ids, std::size_t n, float* out) const {
        const std::size_t first = std::min(n, ahead_);
        for (std::size_t i = 0; i < first; ++i) prefetch(ids[i]);
        for (std::size_t i = 0; i < n; i += simd::kernel_rows) {
            const std::size_t rows = std::min(simd::kernel_rows, n - i);
            const std::size_t end = std::min(n, i + ahead_ + rows);
            for (std::size_t j = i + ahead_; j < end; ++j) prefetch(ids[j]);
            std::array<const std::byte*, simd::kernel_rows> codes;
            for (std::size_t r = 0; r < rows; ++r) codes[r] = nodes_.code(ids[i + r]);
            codec_.distances(query_, codes.data(), rows, out + i);
        }
    }

    float operator()(slot id) const {
        float distance;
        (*this)(&id, 1, &distance);
        return distance;
    }

    SEXTANT_INLINE void prefetch(slot id) const noexcept {
        const std::byte* const code = nodes_.code(id);
        for (std::size_t at = 0; at < fetched_bytes_; at += cache_line) SEXTANT_PREFETCH(code + at);
    }

private:
    const graph& nodes_;
    const Codec& codec_;
    typename Codec::query query_;
    std::size_t ahead_;
    std::size_t fetched_bytes_;
};

}  // namespace sextant::inline SEXTANT_ABI
