#pragma once

#if defined(__AVX512F__) && defined(__AVX512BW__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "packed_dot_avx2.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// What avx512_maddubs and packed_dot_vnni need of a 512-bit register. A struct of one, because GCC warns of attributes
/// that it drops from __m512i as a template argument.
struct zmm {
    __m512i value;

    static constexpr std::size_t bytes = 64;

    static SEXTANT_INLINE zmm load(const void* from) noexcept { return {_mm512_loadu_si512(from)}; }

    /// Under a mask, so nothing past the part is read.
    static SEXTANT_INLINE zmm load_part(const void* from, std::size_t count) noexcept {
        return {_mm512_maskz_loadu_epi8(~std::uint64_t{0} >> (64 - count), from)};
    }

    /// See ymm::loaded.
    static SEXTANT_INLINE zmm loaded(zmm a) noexcept {
#if defined(__GNUC__)
        __asm__("" : "+v"(a.value));
#endif
        return a;
    }

    static SEXTANT_INLINE zmm zero() noexcept { return {_mm512_setzero_si512()}; }
    static SEXTANT_INLINE zmm each16(std::int16_t value) noexcept { return {_mm512_set1_epi16(value)}; }
    static SEXTANT_INLINE zmm each8(unsigned value) noexcept {
        return {_mm512_set1_epi8(static_cast<char>(value))};
    }

    static SEXTANT_INLINE zmm both(zmm a, zmm b) noexcept { return {_mm512_and_si512(a.value, b.value)}; }
    static SEXTANT_INLINE zmm add16(zmm a, zmm b) noexcept { return {_mm512_add_epi16(a.value, b.value)}; }
    static SEXTANT_INLINE zmm add32(zmm a, zmm b) noexcept { return {_mm512_add_epi32(a.value, b.value)}; }
    static SEXTANT_INLINE zmm madd(zmm a, zmm b) noexcept { return {_mm512_madd_epi16(a.value, b.value)}; }
    static SEXTANT_INLINE zmm maddubs(zmm a, zmm b) noexcept { return {_mm512_maddubs_epi16(a.value, b.value)}; }

    template <unsigned Count>
    static SEXTANT_INLINE zmm left16(zmm a) noexcept {
        return {_mm512_slli_epi16(a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE zmm right16(zmm a) noexcept {
        return {_mm512_srli_epi16(a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE zmm signed_right16(zmm a) noexcept {
        return {_mm512_srai_epi16(a.value, Count)};
    }

    // Shifts of 32-bit lanes, and the halves below, under a full mask: GCC 12 warns of uninitialised values inside the
    // plain intrinsics (its bug 105593).
    template <unsigned Count>
    static SEXTANT_INLINE zmm left32(zmm a) noexcept {
        return {_mm512_maskz_slli_epi32(0xFFFF, a.value, Count)};
    }

    template <unsigned Count>
    static SEXTANT_INLINE zmm signed_right32(zmm a) noexcept {
        return {_mm512_maskz_srai_epi32(0xFFFF, a.value, Count)};
    }

    SEXTANT_INLINE ymm halves_sum() const noexcept {
        return {_mm256_add_epi32(_mm512_maskz_extracti64x4_epi64(0xFF, value, 0),
                                 _mm512_maskz_extracti64x4_epi64(0xFF, value, 1))};
    }

    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<zmm, Rows>& totals, std::int32_t* out) noexcept {
        [&]<std::size_t... R>(std::index_sequence<R...>) SEXTANT_INLINE_LAMBDA {
            const std::array<ymm, Rows> halves{totals[R].halves_sum()...};
            ymm::store(halves, out);
        }(std::make_index_sequence<Rows>{});
    }
};

/// The form for AVX512BW.
using packed_dot_avx512bw = packed_dot_maddubs<zmm>;

#if defined(__AVX512VNNI__)

/// The form for AVX512-VNNI, whose one instruction multiplies 64 bytes with 64 signed ones and adds the products, four
/// to a lane.
struct packed_dot_vnni {
    using vector = zmm;
    using lanes = zmm;
    static constexpr std::size_t bytes = zmm::bytes;
    static constexpr std::size_t in_flight = 8;  // 4 or 5 cycles, up to two a cycle

    static SEXTANT_INLINE zmm load(const void* from) noexcept { return zmm::load(from); }
    static SEXTANT_INLINE zmm load_part(const void* from, std::size_t count) noexcept {
        return zmm::load_part(from, count);
    }

    template <unsigned Width>
    struct query_side {
        SEXTANT_INLINE zmm prepare(zmm query) noexcept { return zmm::loaded(query); }
    };

    /// A field that is masked where it stands counts 2^(Width·j) times. So each position has a sum of its own, which is
    /// divided once at the end, exactly; only single bits need one shift, since eight sums a row are more than there are
    /// registers.
    template <unsigned Width>
    class row_sum {
    public:
        static constexpr std::size_t chains = std::min(8 / Width, 4u);

        template <unsigned Field>
        SEXTANT_INLINE void add(zmm codes, zmm query) noexcept {
            constexpr unsigned place = Field % chains;
            zmm field = codes;
            if constexpr (place != Field) field = zmm::right16<Width * (Field - place)>(field);
            if constexpr (Width != 8) field = zmm::both(field, zmm::each8(((1u << Width) - 1) << (Width * place)));
            sums_[place].value = _mm512_dpbusd_epi32(sums_[place].value, field.value, query.value);
        }

        SEXTANT_INLINE void end_block() noexcept {}

        SEXTANT_INLINE void merge(const row_sum& other) noexcept {
            // By a pack: a loop would keep the sums in memory at -O2.
            [&]<std::size_t... I>(std::index_sequence<I...>) SEXTANT_INLINE_LAMBDA {
                ((sums_[I] = zmm::add32(sums_[I], other.sums_[I])), ...);
            }(std::make_index_sequence<chains>{});
        }

        SEXTANT_INLINE zmm total(const query_side<Width>&) const noexcept {
            zmm sum = sums_[0];
            if constexpr (chains > 1) sum = zmm::add32(sum, zmm::signed_right32<Width>(sums_[1]));
            if constexpr (chains > 2) sum = zmm::add32(sum, zmm::signed_right32<2 * Width>(sums_[2]));
            if constexpr (chains > 3) sum = zmm::add32(sum, zmm::signed_right32<3 * Width>(sums_[3]));
            return sum;
        }

    private:
        std::array<zmm, chains> sums_{};
    };

    static SEXTANT_INLINE zmm zero() noexcept { return zmm::zero(); }

    template <unsigned Count>
    static SEXTANT_INLINE zmm add_shifted(zmm a, zmm b) noexcept {
        return zmm::add32(a, zmm::left32<Count>(b));
    }

    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<zmm, Rows>& totals, std::int32_t* out) noexcept {
        zmm::store(totals, out);
    }
};

#endif

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
