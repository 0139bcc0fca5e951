#pragma once

#if defined(__AVX2__)

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "packed_dot_maddubs.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// What packed_dot_maddubs needs of a 256-bit register. A struct of one, because GCC warns of attributes that it drops
/// from __m256i as a template argument.
struct ymm {
    __m256i value;

    static constexpr std::size_t bytes = 32;

    static SEXTANT_INLINE ymm load(const void* from) noexcept {
        return {_mm256_loadu_si256(static_cast<const __m256i*>(from))};
    }

    /// The only part there is: 16 bytes.
    static SEXTANT_INLINE ymm load_part(const void* from, std::size_t) noexcept {
        return {_mm256_zextsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(from)))};
    }

    /// `a` as it is, but in a register: GCC would load a vector that several rows use again for each of them.
    static SEXTANT_INLINE ymm loaded(ymm a) noexcept {
#if defined(__GNUC__)
        __asm__("" : "+v"(a.value));
#endif
        return a;
    }

    static SEXTANT_INLINE ymm zero() noexcept { return {_mm256_setzero_si256()}; }
    static SEXTANT_INLINE ymm each16(std::int16_t value) noexcept { return {_mm256_set1_epi16(value)}; }
    static SEXTANT_INLINE ymm each8(unsigned value) noexcept {
        return {_mm256_set1_epi8(static_cast<char>(value))};
    }

    static SEXTANT_INLINE ymm both(ymm a, ymm b) noexcept { return {_mm256_and_si256(a.value, b.value)}; }
    static SEXTANT_INLINE ymm add16(ymm a, ymm b) noexcept { return {_mm256_add_epi16(a.value, b.value)}; }
    static SEXTANT_INLINE ymm add32(ymm a, ymm b) noexcept { return {_mm256_add_epi32(a.value, b.value)}; }
    static SEXTANT_INLINE ymm madd(ymm a, ymm b) noexcept { return {_mm256_madd_epi16(a.value, b.value)}; }
    static SEXTANT_INLINE ymm maddubs(ymm a, ymm b) noexcept { return {_mm256_maddubs_epi16(a.value, b.value)}; }

    template <unsigned Count>
    static SEXTANT_INLINE ymm left16(ymm a) noexcept {
        return {_mm256_slli_epi16(a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE ymm right16(ymm a) noexcept {
        return {_mm256_srli_epi16(a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE ymm signed_right16(ymm a) noexcept {
        return {_mm256_srai_epi16(a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE ymm left32(ymm a) noexcept {
        return {_mm256_slli_epi32(a.value, Count)};
    }

    /// The sums of each total's lanes, four totals at a time: far fewer steps than one after the other.
    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<ymm, Rows>& totals, std::int32_t* out) noexcept {
        static_assert(Rows >= 1 && Rows <= 4);
        const auto row = [&](std::size_t r) { return r < Rows ? totals[r].value : _mm256_setzero_si256(); };
        const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(row(0), row(1)), _mm256_hadd_epi32(row(2), row(3)));
        const __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
        if constexpr (Rows == 4) {
            _mm_storeu_si128(reinterpret_cast<__m128i*>(out), sums);
        } else {
            out[0] = _mm_extract_epi32(sums, 0);
            if constexpr (Rows > 1) out[1] = _mm_extract_epi32(sums, 1);
            if constexpr (Rows > 2) out[2] = _mm_extract_epi32(sums, 2);
        }
    }
};

/// The form for AVX2.
using packed_dot_avx2 = packed_dot_maddubs<ymm>;

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
