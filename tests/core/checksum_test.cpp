#include <sextant/core/checksum.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/random_values.hpp"

namespace checksum_test {

using sextant::crc32c;

template <std::size_t N>
constexpr std::uint32_t crc_of(const std::array<unsigned char, N>& bytes) {
    crc32c sum;
    sum.update(bytes.data(), N);
    return sum.value();
}

std::uint32_t crc_of(std::string_view text) {
    crc32c sum;
    sum.update(reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return sum.value();
}

template <class Fill>
constexpr std::array<unsigned char, 32> block(Fill fill) {
    std::array<unsigned char, 32> bytes{};
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<unsigned char>(fill(i));
    return bytes;
}

// RFC 3720, appendix B.4, which prints the sums least significant byte first.
static_assert(crc_of(block([](std::size_t) { return 0; })) == 0x8A91'36AAu);
static_assert(crc_of(block([](std::size_t) { return 0xFF; })) == 0x62A8'AB43u);
static_assert(crc_of(block([](std::size_t i) { return i; })) == 0x46DD'794Eu);
static_assert(crc_of(block([](std::size_t i) { return 31 - i; })) == 0x113F'DB5Cu);

TEST(crc32c, gives_the_check_value_of_the_standard) { EXPECT_EQ(crc_of("123456789"), 0xE306'9283u); }

TEST(crc32c, of_nothing_is_zero) {
    crc32c sum;
    EXPECT_EQ(sum.value(), 0u);
    sum.update(nullptr, 0);
    EXPECT_EQ(sum.value(), 0u);
}

TEST(crc32c, pieces_add_up_wherever_they_are_cut) {
    const auto bytes = support::random_bytes(300, 1);
    crc32c whole;
    whole.update(bytes.data(), bytes.size());
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        crc32c pieces;
        pieces.update(bytes.data(), cut);
        static_cast<void>(pieces.value());  // looking must not end the sum
        pieces.update(bytes.data() + cut, bytes.size() - cut);
        ASSERT_EQ(pieces.value(), whole.value()) << "cut at " << cut;
    }
}

/// Every form, at lengths around those where it changes its ways, against a bit at a time.
TEST(crc32c, of_any_length_and_alignment_is_what_the_definition_says) {
    const auto bytes = support::random_bytes(3 * 3072 + 64, 3);
    const auto by_definition = [&](std::size_t first, std::size_t count) {
        std::uint32_t crc = 0xFFFF'FFFFu;
        for (std::size_t i = first; i < first + count; ++i) {
            crc ^= bytes[i];
            for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82F6'3B78u : 0u);
        }
        return ~crc;
    };
    for (const std::size_t first : {0u, 1u, 7u}) {
        for (const std::size_t count : {1u, 7u, 8u, 9u, 63u, 64u, 1024u, 3071u, 3072u, 3073u, 3080u, 6144u, 9216u, 9221u}) {
            crc32c sum;
            sum.update(bytes.data() + first, count);
            ASSERT_EQ(sum.value(), by_definition(first, count)) << first << " " << count;
            ASSERT_EQ(~sextant::detail::crc32c_portable(0xFFFF'FFFFu, bytes.data() + first, count), sum.value());
        }
    }
}

TEST(crc32c, feeds_numbers_least_significant_byte_first) {
    crc32c numbers;
    numbers.update(std::uint32_t{0x0403'0201});
    numbers.update(std::uint32_t{0xF807'0605});
    const std::array<unsigned char, 8> bytes{1, 2, 3, 4, 5, 6, 7, 0xF8};
    EXPECT_EQ(numbers.value(), crc_of(bytes));
}

TEST(crc32c, sees_every_flipped_bit) {
    auto bytes = support::random_bytes(64, 2);
    crc32c whole;
    whole.update(bytes.data(), bytes.size());
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
        crc32c damaged;
        damaged.update(bytes.data(), bytes.size());
        EXPECT_NE(damaged.value(), whole.value());
        bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    }
}

}  // namespace checksum_test
