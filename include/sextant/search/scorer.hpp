#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "../codec/codec.hpp"
#include "../core/types.hpp"
#include "../graph/graph.hpp"
#include "../simd/reduce.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How many codes of `code_bytes` are fetched ahead of the one that is compared: enough to keep memory busy, and few
/// enough to stay in a second-level cache until they are needed. Codes are fetched whole, into that cache: on Zen 4,
/// fetching into the first level, or only the first lines, made searches half as fast (sift-100k, text-1536).
inline std::size_t codes_ahead(std::size_t code_bytes) noexcept {
    constexpr std::size_t under_way = std::size_t{64} << 10;
    return std::clamp<std::size_t>(under_way / code_bytes, 4, 16);
}

/// Compares one prepared query with nodes of a graph.
template <codec Codec>
class scorer {
public:
    scorer(const graph& nodes, const Codec& codec, const typename Codec::query& query) noexcept
        : nodes_(nodes), codec_(codec), query_(query), ahead_(codes_ahead(codec.code_bytes())), bytes_(codec.code_bytes()) {}

    /// out[i] = the distance to ids[i].
    SEXTANT_INLINE void operator()(const slot* ids, std::size_t n, float* out) const {
        const std::size_t first = std::min(n, ahead_);
        for (std::size_t i = 0; i < first; ++i) prefetch(ids[i]);
        for (std::size_t i = 0; i < n; i += simd::kernel_rows) {
            const std::size_t rows = std::min(simd::kernel_rows, n - i);
            const std::size_t end = std::min(n, i + ahead_ + rows);
            for (std::size_t j = i + ahead_; j < end; ++j) prefetch(ids[j]);
            few(ids + i, rows, out + i);
        }
    }

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
        const std::byte* const code = nodes_.code(id);
        for (std::size_t at = 0; at < bytes_; at += cache_line) SEXTANT_PREFETCH_FAR(code + at);
    }

private:
    const graph& nodes_;
    const Codec& codec_;
    typename Codec::query query_;
    std::size_t ahead_;
    std::size_t bytes_;
};

}  // namespace sextant::inline SEXTANT_ABI
