#pragma once

#include <cstddef>
#include <cstdint>

#include "../memory/aligned_buffer.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What encoding, decoding and preparing need beside their arguments; leased, so that a thread stops allocating.
struct codec_work {
    /// Room for n numbers, aligned to a cache line; each lives in a buffer of its own. Throws std::bad_alloc.
    float* floats(std::size_t n) { return reinterpret_cast<float*>(first_.reserve(n * sizeof(float))); }
    float* second(std::size_t n) { return reinterpret_cast<float*>(second_.reserve(n * sizeof(float))); }
    std::uint8_t* integers(std::size_t n) { return reinterpret_cast<std::uint8_t*>(integers_.reserve(n)); }

    std::size_t bytes() const noexcept { return first_.bytes() + second_.bytes() + integers_.bytes(); }

private:
    aligned_buffer first_;
    aligned_buffer second_;
    aligned_buffer integers_;
};

}  // namespace sextant::inline SEXTANT_ABI
