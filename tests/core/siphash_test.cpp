#include <sextant/core/siphash.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

namespace siphash_test {

using sextant::siphash;

constexpr std::uint64_t secret = 0x0706'0504'0302'0100u;  // the key 00 01 … 0f
constexpr std::uint64_t other_secret = 0x0F0E'0D0C'0B0A'0908u;

std::array<std::byte, 64> counted() {
    std::array<std::byte, 64> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    return bytes;
}

/// From its paper, appendix A, and the first of its authors' list.
TEST(siphash, is_that_of_its_authors) {
    const auto bytes = counted();
    EXPECT_EQ(siphash({}, secret, other_secret), 0x726F'DB47'DD0E'0E31u);
    EXPECT_EQ(siphash(std::span(bytes).first(15), secret, other_secret), 0xA129'CA61'49BE'45E5u);
}

TEST(siphash, differs_with_every_length_byte_and_secret) {
    auto bytes = counted();
    std::set<std::uint64_t> hashes;
    for (std::size_t length = 0; length <= bytes.size(); ++length) hashes.insert(siphash(std::span(bytes).first(length), 1, 2));
    for (std::byte& byte : bytes) {
        byte ^= std::byte{0x80};
        hashes.insert(siphash(bytes, 1, 2));
        byte ^= std::byte{0x80};
    }
    hashes.insert(siphash(bytes, 2, 2));
    hashes.insert(siphash(bytes, 1, 3));
    EXPECT_EQ(hashes.size(), 65u + 64u + 2u);
}

}  // namespace siphash_test
