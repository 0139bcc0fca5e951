#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// One bit per float says whether its sign is flipped. 512 floats share sixteen words: bit b of word j belongs to float
/// 16·b + j. So a batch of up to sixteen lanes finds its bits one per lane at the same place, and a set of signs is 32
/// times smaller than the floats it flips and stays in the cache.
inline constexpr std::size_t sign_block = 512;

constexpr std::size_t sign_words(std::size_t floats) noexcept { return (floats + sign_block - 1) / sign_block * 16; }

/// The batch of floats from i + Offset on with their signs flipped. i: a multiple of the batch's lanes, and of 16 if there
/// is an offset, which must not leave the block: batches side by side share the arithmetic on i.
template <std::size_t Offset = 0, class Batch>
SEXTANT_INLINE Batch flip_signs(const Batch& x, const std::uint32_t* words, std::size_t i) noexcept {
    using word_batch = xsimd::batch<std::uint32_t, typename Batch::arch_type>;
    static_assert(16 % Batch::size == 0);
    SEXTANT_ASSERT(i % Batch::size == 0 && (Offset == 0 || i % 16 == 0) && i % sign_block + Offset < sign_block);
    const word_batch bits = word_batch::load_unaligned(words + i / sign_block * 16 + i % 16 + Offset % 16);
    const std::uint32_t bit = std::uint32_t{1} << (i % sign_block / 16) << (Offset / 16);
    // A test and a choice: shifting the bits to the signs' place takes as many instructions, and GCC 12 warns of
    // uninitialised values inside its own 512-bit shift (its bug 105593).
    const auto kept = (bits & word_batch(bit)) == word_batch(0u);
    // A lane's truth looks the same for words and floats, and xsimd 8 cannot convert one to the other.
    return xsimd::select(std::bit_cast<typename Batch::batch_bool_type>(kept), x, -x);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
