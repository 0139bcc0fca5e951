#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "../core/processor.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How a search has codes fetched from memory before it compares them. Aligned so that an atomic one needs no library: clang
/// calls libatomic for eight bytes that are aligned to four.
struct alignas(8) prefetch_plan {
    std::uint32_t ahead;  ///< how many codes are under way
    std::uint32_t lines;  ///< how many cache lines of each; the rest is left to the hardware

    friend bool operator==(const prefetch_plan&, const prefetch_plan&) = default;
};
static_assert(sizeof(prefetch_plan) == alignof(prefetch_plan));

/// The cache lines of a code.
inline std::uint32_t lines_of(std::size_t code_bytes) noexcept {
    return static_cast<std::uint32_t>((code_bytes + cache_line - 1) / cache_line);
}

/// Enough codes to keep memory busy, few enough to stay in a second-level cache until they are needed. How many are ahead
/// decides in which order nodes are compared, and with it which links a graph gets: it is the same on every machine.
///
/// Codes are fetched whole, into that cache: on Zen 4, fetching into the first level, or only the first lines, made searches
/// half as fast (sift-100k, text-1536). Intel's processors have fewer fetches under way that a program asked for than such as
/// they foresee: of long codes only the beginning is asked for, which made searches of f32 1.2 times as fast (text-1536,
/// fashion-mnist-784, on a Xeon with AMX), while of codes below 2 KiB all has to be, as on the others.
/// search/tune_prefetch.hpp finds out what suits another machine.
inline prefetch_plan default_prefetch(std::size_t code_bytes) noexcept {
    constexpr std::size_t under_way = std::size_t{64} << 10;
    constexpr std::uint32_t foreseen = 32;
    constexpr std::uint32_t beginning = 2;
    const std::size_t ahead = std::clamp<std::size_t>(under_way / std::max<std::size_t>(code_bytes, 1), 4, 16);
    const std::uint32_t whole = lines_of(code_bytes);
    return {static_cast<std::uint32_t>(ahead), whole > foreseen && runs_on_intel() ? beginning : whole};
}

/// Has the first lines of a code fetched.
SEXTANT_INLINE void prefetch_code(const std::byte* code, std::size_t lines) noexcept {
    for (std::size_t line = 0; line < lines; ++line) SEXTANT_PREFETCH_FAR(code + line * cache_line);
}

}  // namespace sextant::inline SEXTANT_ABI
