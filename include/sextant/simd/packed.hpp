#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "../core/config.hpp"
#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// How many bytes of a plane belong together. A constant of the format, the same on every machine.
inline constexpr std::size_t packed_block = 64;

/// Codes of `Bits` unsigned bits a coordinate, without gaps.
///
/// A code is stored as one plane for each binary digit of Bits, the widest first: 7 bits are a plane of 4 bits, then one
/// of 2, then one of 1; 8 bits are a single plane. The first plane holds the high bits. A plane of width W is stored in
/// blocks of T = packed_block bytes; the last may be shorter, a multiple of 16. In the block that begins at coordinate
/// b, bits [W·j, W·j + W) of byte i hold coordinate b + T·j + i. So a mask turns whole vectors of bytes into coordinates
/// that lie side by side in a query of one byte a coordinate, and every vector of 16 bytes or more does.
template <unsigned Bits>
    requires(Bits >= 1 && Bits <= 8)
struct packed {
    static constexpr unsigned least_width = Bits & (0u - Bits);

    template <unsigned Width>
    static constexpr bool has_plane = (Bits & Width) != 0;

    /// How many bits of a code stand below the plane of width `Width`.
    template <unsigned Width>
    static constexpr unsigned shift = Bits & (Width - 1);

    /// The dimension with its padding: whole groups of 16 bytes in every plane.
    static constexpr std::size_t padded(std::size_t dim) noexcept { return round_up(dim, 128 / least_width); }

    static constexpr std::size_t bytes(std::size_t dim) noexcept { return padded(dim) / 8 * Bits; }

    /// Where the plane of width `Width` begins: the wider ones are before it.
    template <unsigned Width>
    static constexpr std::size_t plane_offset(std::size_t padded_dim) noexcept {
        return padded_dim / 8 * (Bits & ~(2 * Width - 1));
    }

    /// Writes all bytes(dim) bytes of `out`; values beyond dim count as 0. values: `dim` values below 2^Bits (higher bits
    /// are dropped).
    static void pack(const std::uint8_t* values, std::size_t dim, std::byte* out) noexcept {
        for_each_plane([&]<unsigned Width>() {
            std::byte* const plane = out + plane_offset<Width>(padded(dim));
            for_each_block<Width>(dim, [&](std::size_t first, std::size_t at, auto size) {
                plane_block<Width> block{};
                const std::size_t count = std::min(dim - std::min(dim, first), size * (8 / Width));
                if (count != 0) std::memcpy(block.values.data(), values + first, count);
                block.pack(shift<Width>, size);
                std::memcpy(plane + at, block.codes.data(), size);
            });
        });
    }

    /// The first `dim` values of what pack wrote.
    static void unpack(const std::byte* in, std::size_t dim, std::uint8_t* values) noexcept {
        if (dim != 0) std::memset(values, 0, dim);
        for_each_plane([&]<unsigned Width>() {
            const std::byte* const plane = in + plane_offset<Width>(padded(dim));
            for_each_block<Width>(dim, [&](std::size_t first, std::size_t at, auto size) {
                plane_block<Width> block;
                const std::size_t count = std::min(dim - std::min(dim, first), size * (8 / Width));
                std::memcpy(block.codes.data(), plane + at, size);
                block.unpack(shift<Width>, size);
                for (std::size_t i = 0; i < count; ++i) values[first + i] |= block.values[i];
            });
        });
    }

private:
    /// One block, unpacked and packed. A copy rather than the caller's memory: the compiler knows that nothing else
    /// overlaps it, without which it would not vectorise.
    template <unsigned Width>
    struct plane_block {
        static constexpr unsigned fields = 8 / Width;
        static constexpr unsigned mask = (1u << Width) - 1;

        SEXTANT_INLINE void pack(unsigned low, auto size) noexcept {
            for (std::size_t i = 0; i < size; ++i) codes[i] = 0;
            for (unsigned j = 0; j < fields; ++j) {
                for (std::size_t i = 0; i < size; ++i) {
                    const unsigned field = (values[size * j + i] >> low) & mask;
                    codes[i] = static_cast<std::uint8_t>(codes[i] | (field << (Width * j)));
                }
            }
        }

        SEXTANT_INLINE void unpack(unsigned low, auto size) noexcept {
            for (unsigned j = 0; j < fields; ++j) {
                for (std::size_t i = 0; i < size; ++i) {
                    values[size * j + i] = static_cast<std::uint8_t>(((codes[i] >> (Width * j)) & mask) << low);
                }
            }
        }

        std::array<std::uint8_t, packed_block> codes;
        std::array<std::uint8_t, packed_block * fields> values;
    };

    template <class F>
    static SEXTANT_INLINE void for_each_plane(F&& f) {
        if constexpr (has_plane<8>) f.template operator()<8>();
        if constexpr (has_plane<4>) f.template operator()<4>();
        if constexpr (has_plane<2>) f.template operator()<2>();
        if constexpr (has_plane<1>) f.template operator()<1>();
    }

    /// f(first coordinate, first byte, bytes) for each block; the number of bytes of a whole one is a constant, so that
    /// its loops need no remainder.
    template <unsigned Width, class F>
    static SEXTANT_INLINE void for_each_block(std::size_t dim, F&& f) {
        const std::size_t end = padded(dim) / 8 * Width;
        std::size_t at = 0;
        for (; at + packed_block <= end; at += packed_block) {
            f(at * (8 / Width), at, std::integral_constant<std::size_t, packed_block>{});
        }
        if (at < end) f(at * (8 / Width), at, end - at);
    }
};

}  // namespace sextant::inline SEXTANT_ABI::simd
