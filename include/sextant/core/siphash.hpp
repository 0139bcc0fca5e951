#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes.hpp"
#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// SipHash-2-4 (Aumasson and Bernstein 2012): who does not know the secret cannot find bytes whose hashes are equal.
/// O(bytes).
inline std::uint64_t siphash(std::span<const std::byte> bytes, std::uint64_t secret, std::uint64_t other_secret) noexcept {
    std::uint64_t a = secret ^ 0x736F'6D65'7073'6575u;
    std::uint64_t b = other_secret ^ 0x646F'7261'6E64'6F6Du;
    std::uint64_t c = secret ^ 0x6C79'6765'6E65'7261u;
    std::uint64_t d = other_secret ^ 0x7465'6462'7974'6573u;
    const auto stir = [&](int rounds) noexcept {
        for (; rounds > 0; --rounds) {
            a += b;
            b = std::rotl(b, 13) ^ a;
            a = std::rotl(a, 32);
            c += d;
            d = std::rotl(d, 16) ^ c;
            a += d;
            d = std::rotl(d, 21) ^ a;
            c += b;
            b = std::rotl(b, 17) ^ c;
            c = std::rotl(c, 32);
        }
    };
    const auto add = [&](std::uint64_t word) noexcept {
        d ^= word;
        stir(2);
        a ^= word;
    };
    byte_reader reader(bytes);
    while (reader.left() >= sizeof(std::uint64_t)) add(reader.get<std::uint64_t>());
    std::uint64_t last = std::uint64_t{bytes.size()} << 56;
    for (unsigned shift = 0; reader.left() > 0; shift += 8) last |= std::uint64_t{reader.get<std::uint8_t>()} << shift;
    add(last);
    c ^= 0xFF;
    stir(4);
    return a ^ b ^ c ^ d;
}

}  // namespace sextant::inline SEXTANT_ABI
