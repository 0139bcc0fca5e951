#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "packed_dot_rows.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The bits of a batch as another batch: xsimd's bitwise_cast takes the batch's type up to version 8 and its elements'
/// type from 9 on.
template <class To, class From>
SEXTANT_INLINE To same_bits(const From& batch) noexcept {
    using element = typename To::value_type;
    if constexpr (requires { { xsimd::bitwise_cast<element>(batch) } -> std::same_as<To>; }) {
        return xsimd::bitwise_cast<element>(batch);
    } else {
        return xsimd::bitwise_cast<To>(batch);
    }
}

/// The form (packed_dot_rows.hpp) for what every instruction set has: products of 16 bits. A byte times a signed byte
/// fits one, and so does the sum that a block of fields of at most 4 bits leaves in a lane: 16 products below 15 · 128.
template <class Arch>
struct packed_dot_portable {
    using vector = xsimd::batch<std::int16_t, Arch>;  // even bytes in the low halves, odd ones in the high halves
    using lanes = xsimd::batch<std::int32_t, Arch>;
    static constexpr std::size_t bytes = 2 * vector::size;
    static constexpr std::size_t in_flight = 1;
    static_assert(bytes >= 16 && bytes <= packed_block);

    static SEXTANT_INLINE vector load(const void* from) noexcept {
        using byte_batch = xsimd::batch<std::uint8_t, Arch>;
        return same_bits<vector>(byte_batch::load_unaligned(static_cast<const std::uint8_t*>(from)));
    }

    static SEXTANT_INLINE vector load_part(const void* from, std::size_t count) noexcept {
        std::array<std::uint8_t, bytes> part{};
        std::memcpy(part.data(), from, count);
        return load(part.data());
    }

    struct operand {
        vector even;
        vector odd;
    };

    template <unsigned Width>
    struct query_side {
        SEXTANT_INLINE operand prepare(const vector& query) noexcept {
            return {vector(query << 8) >> 8, query >> 8};
        }
    };

    template <unsigned Width>
    class row_sum {
    public:
        static constexpr std::size_t chains = 1;

        template <unsigned Field>
        SEXTANT_INLINE void add(const vector& codes, const operand& query) noexcept {
            const vector mask(static_cast<std::int16_t>((1 << Width) - 1));
            const vector even = (shifted<Width * Field>(codes) & mask) * query.even;
            const vector odd = (shifted<Width * Field + 8>(codes) & mask) * query.odd;
            if constexpr (Width == 8) {
                sum_ = sum_ + (widened(even) + widened(odd));
            } else {
                block_ = block_ + (even + odd);
            }
        }

        SEXTANT_INLINE void end_block() noexcept {
            if constexpr (Width != 8) {
                sum_ = sum_ + widened(block_);
                block_ = vector(std::int16_t{0});
            }
        }

        SEXTANT_INLINE void merge(const row_sum& other) noexcept { sum_ = sum_ + other.sum_; }

        SEXTANT_INLINE lanes total(const query_side<Width>&) const noexcept { return sum_; }

    private:
        template <unsigned Count>
        static SEXTANT_INLINE vector shifted(const vector& codes) noexcept {
            if constexpr (Count == 0) {
                return codes;
            } else {
                return codes >> static_cast<int>(Count);
            }
        }

        /// Each pair of 16-bit lanes as the 32-bit sum of the two.
        static SEXTANT_INLINE lanes widened(const vector& pairs) noexcept {
            const auto both = same_bits<lanes>(pairs);
            return (lanes(both << 16) >> 16) + (both >> 16);
        }

        lanes sum_ = lanes(std::int32_t{0});
        vector block_ = vector(std::int16_t{0});
    };

    static SEXTANT_INLINE lanes zero() noexcept { return lanes(std::int32_t{0}); }

    template <unsigned Count>
    static SEXTANT_INLINE lanes add_shifted(const lanes& a, const lanes& b) noexcept {
        if constexpr (Count == 0) {
            return a + b;
        } else {
            return a + (b << static_cast<int>(Count));
        }
    }

    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<lanes, Rows>& totals, std::int32_t* out) noexcept {
        for (std::size_t r = 0; r < Rows; ++r) out[r] = lane_sum(totals[r]);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
