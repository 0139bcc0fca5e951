#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../core/checksum.hpp"
#include "../core/config.hpp"
#include "../core/random.hpp"
#include "../simd/hadamard.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A random orthogonal map: it keeps norms and inner products and spreads what a vector holds evenly over all
/// coordinates, so that codes of a few bits per coordinate lose little (Gao and Long 2024). Four rounds of random signs
/// and a Hadamard transform look like a matrix drawn at random and cost size·log(size) instead of its size².
///
/// Where the size is no power of two, the rounds transform the first and the last 2^⌊log2 size⌋ coordinates in turn, and
/// after each a step of Kac's walk, (x + y, x - y)/√2, mixes the first half with the last.
///
/// A function of size and seed alone: word w of the signs is the upper half of mix(seed ^ mix(w)), the rounds one after
/// the other, bits as in simd/sign_bits.hpp. Equal on every machine up to rounding. Const, allocates nothing once made.
class rotation {
public:
    static constexpr std::size_t rounds = 4;

    /// size: a multiple of 16 of at least dim; coordinates from dim on are zeros before the map.
    rotation(std::size_t dim, std::size_t size, std::uint64_t seed)
        : dim_(dim), size_(size), part_(std::bit_floor(size)), signs_(rounds * simd::sign_words(part_)),
          scale_(static_cast<float>(1.0 / std::sqrt(static_cast<double>(part_)))) {
        SEXTANT_ASSERT(dim <= size && size >= 16 && size % 16 == 0);
        for (std::size_t w = 0; w < signs_.size(); ++w) signs_[w] = static_cast<std::uint32_t>(mix(seed ^ mix(w)) >> 32);
    }

    std::size_t dim() const noexcept { return dim_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t heap_bytes() const noexcept { return signs_.capacity() * sizeof(signs_[0]); }

    /// Equal for equal maps: files keep it, because their codes mean nothing under another map.
    std::uint32_t fingerprint() const noexcept {
        crc32c sum;
        for (const std::uint32_t word : signs_) sum.update(word);
        return sum.value();
    }

    /// out[0, size) = the map of in[0, dim); in may be out.
    template <class Arch = xsimd::default_arch>
    void apply(const float* in, float* out) const noexcept {
        std::memmove(out, in, dim_ * sizeof(float));
        std::memset(out + dim_, 0, (size_ - dim_) * sizeof(float));
        for (std::size_t r = 0; r < rounds; ++r) {
            simd::hadamard<Arch>(part(out, r), part_, signs(r), scale_);
            if (part_ != size_) kac_step<Arch>(out);
        }
    }

    /// out[0, dim) = what apply() maps to in[0, size). work: size floats; work may be in or out.
    template <class Arch = xsimd::default_arch>
    SEXTANT_KERNEL void invert(const float* in, float* out, float* work) const noexcept {
        std::memmove(work, in, size_ * sizeof(float));
        for (std::size_t r = rounds; r-- > 0;) {
            if (part_ != size_) kac_step<Arch>(work);
            float* const x = part(work, r);
            simd::hadamard<Arch>(x, part_, nullptr, scale_);
            using batch = xsimd::batch<float, Arch>;
            for (std::size_t i = 0; i < part_; i += batch::size) {
                simd::flip_signs(batch::load_unaligned(x + i), signs(r), i).store_unaligned(x + i);
            }
        }
        std::memmove(out, work, dim_ * sizeof(float));
    }

private:
    float* part(float* x, std::size_t round) const noexcept { return x + (round % 2 == 0 ? 0 : size_ - part_); }

    const std::uint32_t* signs(std::size_t round) const noexcept {
        return signs_.data() + round * simd::sign_words(part_);
    }

    /// Its own inverse. Of an odd number of sixteens the one in the middle rests; every transform covers it.
    template <class Arch>
    SEXTANT_KERNEL void kac_step(float* x) const noexcept {
        using batch = xsimd::batch<float, Arch>;
        const std::size_t half = size_ / 32 * 16;
        float* const last = x + size_ - half;
        const batch scale(0.70710678f);
        for (std::size_t i = 0; i < half; i += batch::size) {
            const batch a = batch::load_unaligned(x + i);
            const batch b = batch::load_unaligned(last + i);
            batch((a + b) * scale).store_unaligned(x + i);
            batch((a - b) * scale).store_unaligned(last + i);
        }
    }

    std::size_t dim_;
    std::size_t size_;
    std::size_t part_;  // how many coordinates a round transforms
    std::vector<std::uint32_t> signs_;
    float scale_;
};

}  // namespace sextant::inline SEXTANT_ABI
