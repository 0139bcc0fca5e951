#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "packed_dot_rows.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The form (packed_dot_rows.hpp) for x86 without dot products of bytes, over a register type (packed_dot_avx2.hpp).
/// Fields of at most 4 bits are multiplied as bytes: two products fit 16 bits, and so does the sum that a block leaves
/// in a lane, 16 products below 15 · 128. Two products of whole bytes do not fit; these are widened first.
template <class Register>
struct packed_dot_maddubs {
    using vector = Register;
    using lanes = Register;
    static constexpr std::size_t bytes = Register::bytes;
    static constexpr std::size_t in_flight = 1;

    static SEXTANT_INLINE Register load(const void* from) noexcept { return Register::load(from); }
    static SEXTANT_INLINE Register load_part(const void* from, std::size_t count) noexcept {
        return Register::load_part(from, count);
    }

    struct widened {
        Register even;
        Register odd;
    };

    template <unsigned Width>
    struct query_side {
        SEXTANT_INLINE auto prepare(Register query) noexcept {
            if constexpr (Width == 8) {
                return widened{Register::template signed_right16<8>(Register::template left16<8>(query)),
                               Register::template signed_right16<8>(query)};
            } else {
                return Register::loaded(query);
            }
        }
    };

    template <unsigned Width>
    class row_sum {
    public:
        static constexpr std::size_t chains = 1;

        template <unsigned Field>
        SEXTANT_INLINE void add(Register codes, Register query) noexcept {
            Register field = codes;
            if constexpr (Field != 0) field = Register::template right16<Width * Field>(field);
            field = Register::both(field, Register::each8((1u << Width) - 1));
            block_ = Register::add16(block_, Register::maddubs(field, query));
        }

        template <unsigned Field>
        SEXTANT_INLINE void add(Register codes, const widened& query) noexcept {
            const Register even = Register::both(codes, Register::each16(0xFF));
            const Register odd = Register::template right16<8>(codes);
            sum_ = Register::add32(sum_, Register::add32(Register::madd(even, query.even),
                                                         Register::madd(odd, query.odd)));
        }

        SEXTANT_INLINE void end_block() noexcept {
            if constexpr (Width != 8) {
                sum_ = Register::add32(sum_, Register::madd(block_, Register::each16(1)));
                block_ = Register::zero();
            }
        }

        SEXTANT_INLINE void merge(const row_sum& other) noexcept { sum_ = Register::add32(sum_, other.sum_); }

        SEXTANT_INLINE Register total(const query_side<Width>&) const noexcept { return sum_; }

    private:
        Register sum_ = Register::zero();
        Register block_ = Register::zero();
    };

    static SEXTANT_INLINE Register zero() noexcept { return Register::zero(); }

    template <unsigned Count>
    static SEXTANT_INLINE Register add_shifted(Register a, Register b) noexcept {
        return Register::add32(a, Register::template left32<Count>(b));
    }

    template <std::size_t Rows>
    static SEXTANT_INLINE void store(const std::array<Register, Rows>& totals, std::int32_t* out) noexcept {
        Register::store(totals, out);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
