#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

/// value / 2^shift to the nearest integer, ties to even; shift from 1 to 31.
constexpr std::uint32_t round_shift(std::uint32_t value, std::uint32_t shift) noexcept {
    return (value + (1u << (shift - 1)) - 1 + ((value >> shift) & 1)) >> shift;
}

}  // namespace detail

/// A float of 16 bits, IEEE 754 binary16: 11 significant bits, magnitudes from 2^-24 to 65,504. Only a place to keep a
/// float; arithmetic is done in float, which holds every half exactly. Made of integers throughout, because compilers
/// disagree on 16-bit floats and the rounding must not depend on the mode a program has set.
struct half {
    std::uint16_t bits;

    half() = default;

    /// Integers are no floats, least of all the bits of one: from_bits says what is meant.
    explicit half(std::integral auto) = delete;

    /// Rounds to nearest, ties to even: from 65,520 on to infinity, up to 2^-25 to zero. NaN stays NaN.
    explicit constexpr half(float value) noexcept : bits(rounded(std::bit_cast<std::uint32_t>(value))) {}

    static constexpr half from_bits(std::uint16_t bits) noexcept {
        half made{};
        made.bits = bits;
        return made;
    }

    explicit constexpr operator float() const noexcept {
        const std::uint32_t sign = (bits & 0x8000u) << 16;
        const std::uint32_t magnitude = bits & 0x7FFFu;
        if (magnitude < 0x0400) {  // zero or subnormal: a multiple of 2^-24
            const float multiple = static_cast<float>(magnitude) * 0x1p-24f;
            return std::bit_cast<float>(std::bit_cast<std::uint32_t>(multiple) | sign);
        }
        const std::uint32_t bias = magnitude < 0x7C00 ? 127 - 15 : 255 - 31;
        return std::bit_cast<float>(((magnitude << 13) + (bias << 23)) | sign);
    }

    /// Compares bits: a NaN is equal to itself, and the zeros differ.
    friend bool operator==(half, half) = default;

private:
    static constexpr std::uint16_t rounded(std::uint32_t value) noexcept {
        const std::uint32_t sign = (value >> 16) & 0x8000u;
        const std::uint32_t magnitude = value & 0x7FFF'FFFFu;
        return static_cast<std::uint16_t>(sign | rounded_magnitude(magnitude));
    }

    static constexpr std::uint32_t rounded_magnitude(std::uint32_t magnitude) noexcept {
        if (magnitude > 0x7F80'0000u) return 0x7E00u | ((magnitude >> 13) & 0x03FFu);  // NaN, made quiet
        if (magnitude >= 0x477F'F000u) return 0x7C00u;                                 // 65,520
        if (magnitude >= 0x3880'0000u) return detail::round_shift(magnitude - ((127u - 15) << 23), 13);
        const std::uint32_t exponent = magnitude >> 23;
        if (exponent < 102) return 0;  // below 2^-25
        return detail::round_shift((magnitude & 0x007F'FFFFu) | 0x0080'0000u, 126 - exponent);
    }
};

/// The upper half of a float: its range, with 8 significant bits. Like half, only a place to keep a float.
struct bfloat16 {
    std::uint16_t bits;

    bfloat16() = default;

    explicit bfloat16(std::integral auto) = delete;

    /// Rounds to nearest, ties to even; what is nearer to 2^128 than to the largest bfloat16 to infinity. NaN stays NaN.
    explicit constexpr bfloat16(float value) noexcept : bits(rounded(std::bit_cast<std::uint32_t>(value))) {}

    static constexpr bfloat16 from_bits(std::uint16_t bits) noexcept {
        bfloat16 made{};
        made.bits = bits;
        return made;
    }

    explicit constexpr operator float() const noexcept { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

    /// Compares bits: a NaN is equal to itself, and the zeros differ.
    friend bool operator==(bfloat16, bfloat16) = default;

private:
    static constexpr std::uint16_t rounded(std::uint32_t value) noexcept {
        if ((value & 0x7FFF'FFFFu) > 0x7F80'0000u) return static_cast<std::uint16_t>((value >> 16) | 0x0040u);
        return static_cast<std::uint16_t>(detail::round_shift(value, 16));
    }
};

static_assert(sizeof(half) == 2 && sizeof(bfloat16) == 2);

}  // namespace sextant::inline SEXTANT_ABI
