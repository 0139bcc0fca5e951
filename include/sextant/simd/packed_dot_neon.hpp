#pragma once

#if defined(__aarch64__) && defined(__ARM_NEON)

#include <arm_neon.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "packed_dot_rows.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The form (packed_dot_rows.hpp) for 64-bit ARM, with and without its dot products of bytes (__ARM_FEATURE_DOTPROD).
/// Both multiply signed bytes with signed ones. So 128 is taken off whole bytes, by turning their highest bit around, and
/// 128 · Σ query is added at the end; the query's sum is shared by all rows. Fields of at most 4 bits are positive
/// either way.
struct packed_dot_neon {
    struct vector {
        uint8x16_t value;
    };
    struct lanes {
        int32x4_t value = vdupq_n_s32(0);
    };
    static constexpr std::size_t bytes = 16;
    static constexpr std::size_t in_flight = 4;

    static SEXTANT_INLINE vector load(const void* from) noexcept {
        return {vld1q_u8(static_cast<const std::uint8_t*>(from))};
    }

    template <unsigned Width>
    struct query_side {
        SEXTANT_INLINE int8x16_t prepare(vector query) noexcept {
            const int8x16_t prepared = vreinterpretq_s8_u8(query.value);
            if constexpr (Width == 8) {
#if defined(__ARM_FEATURE_DOTPROD)
                sum.value = vdotq_s32(sum.value, prepared, vdupq_n_s8(1));
#else
                sum.value = vpadalq_s16(sum.value, vpaddlq_s8(prepared));
#endif
            }
            return prepared;
        }

        lanes sum;
    };

    template <unsigned Width>
    class row_sum {
    public:
        static constexpr std::size_t chains = 1;

        template <unsigned Field>
        SEXTANT_INLINE void add(vector codes, int8x16_t query) noexcept {
            uint8x16_t field = codes.value;
            if constexpr (Field != 0) field = vshrq_n_u8(field, static_cast<int>(Width * Field));
            if constexpr (Width == 8) field = veorq_u8(field, vdupq_n_u8(0x80));
            if constexpr (Width * (Field + 1) != 8) field = vandq_u8(field, vdupq_n_u8((1u << Width) - 1));
            const int8x16_t number = vreinterpretq_s8_u8(field);
#if defined(__ARM_FEATURE_DOTPROD)
            sum_.value = vdotq_s32(sum_.value, number, query);
#else
            if constexpr (Width == 8) {
                sum_.value = vpadalq_s16(sum_.value, vmull_s8(vget_low_s8(number), vget_low_s8(query)));
                sum_.value = vpadalq_s16(sum_.value, vmull_high_s8(number, query));
            } else {
                // A block leaves 16 products below 15 · 128 in a lane, which fits.
                block_ = vmlal_s8(block_, vget_low_s8(number), vget_low_s8(query));
                block_ = vmlal_high_s8(block_, number, query);
            }
#endif
        }

        SEXTANT_INLINE void end_block() noexcept {
#if !defined(__ARM_FEATURE_DOTPROD)
            if constexpr (Width != 8) {
                sum_.value = vpadalq_s16(sum_.value, block_);
                block_ = vdupq_n_s16(0);
            }
#endif
        }

        SEXTANT_INLINE void merge(const row_sum& other) noexcept {
            sum_.value = vaddq_s32(sum_.value, other.sum_.value);
        }

        SEXTANT_INLINE lanes total(const query_side<Width>& query) const noexcept {
            if constexpr (Width == 8) return add_shifted<7>(sum_, query.sum);
            return sum_;
        }

    private:
        lanes sum_;
#if !defined(__ARM_FEATURE_DOTPROD)
        int16x8_t block_ = vdupq_n_s16(0);
#endif
    };

    static SEXTANT_INLINE lanes zero() noexcept { return {}; }

    template <unsigned Count>
    static SEXTANT_INLINE lanes add_shifted(lanes a, lanes b) noexcept {
        return {vaddq_s32(a.value, vshlq_n_s32(b.value, static_cast<int>(Count)))};
    }

    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<lanes, Rows>& totals, std::int32_t* out) noexcept {
        for (std::size_t r = 0; r < Rows; ++r) out[r] = vaddvq_s32(totals[r].value);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd

#endif
