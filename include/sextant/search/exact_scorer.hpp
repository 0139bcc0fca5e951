#pragma once

#include <array>
#include <cstddef>

#include "../codec/codec.hpp"
#include "../graph/graph.hpp"
#include "../graph/prefetch.hpp"
#include "../simd/reduce.hpp"
#include "scorer.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Compares one prepared query with nodes of a graph as well as the codec can, from all of their codes.
template <codec Codec>
class exact_scorer {
public:
    /// `at_hand`: how much of each code, from its front, has been read a moment ago and is not fetched.
    exact_scorer(const graph& nodes, const Codec& codec, const typename Codec::query& query, std::size_t at_hand = 0) noexcept
        : nodes_(nodes), codec_(codec), query_(query), at_hand_(at_hand),
          plan_(default_prefetch(codec.code_bytes() - at_hand)) {}

    /// out[i] = the distance to ids[i].
    void operator()(const slot* ids, std::size_t n, float* out) const {
        score_ahead(*this, ids, n, out);
    }

    std::size_t ahead() const noexcept { return plan_.ahead; }

    /// The same for up to simd::kernel_rows ids, whose codes the caller has fetched.
    void few(const slot* ids, std::size_t n, float* out) const {
        std::array<const std::byte*, simd::kernel_rows> codes{};
        for (std::size_t r = 0; r < n; ++r) codes[r] = nodes_.code(ids[r]);
        exact_distances(codec_, query_, codes.data(), n, out);
    }

    void prefetch(slot id) const noexcept { prefetch_code(nodes_.code(id) + at_hand_, plan_.lines); }

private:
    const graph& nodes_;
    const Codec& codec_;
    typename Codec::query query_;
    std::size_t at_hand_;
    prefetch_plan plan_;
};

}  // namespace sextant::inline SEXTANT_ABI
