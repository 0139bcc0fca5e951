#include <sextant/core/bytes.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace bytes_test {

using sextant::byte_reader;
using sextant::byte_writer;

std::vector<int> values_of(const byte_writer& out) {
    std::vector<int> values;
    for (const std::byte byte : out.bytes()) values.push_back(std::to_integer<int>(byte));
    return values;
}

TEST(bytes, are_least_significant_first) {
    byte_writer out;
    out.put(std::uint8_t{1});
    out.put(std::uint16_t{0x0302});
    out.put(std::uint32_t{0x0706'0504});
    out.put(1.0f);
    out.put(std::string_view("ab"));
    EXPECT_EQ(values_of(out), (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 0, 0, 0x80, 0x3F, 2, 0, 0, 0, 'a', 'b'}));
}

TEST(bytes, come_back) {
    byte_writer out;
    out.put(std::numeric_limits<std::uint64_t>::max() - 5);
    out.put(-0.25);
    out.put(1.5f);
    out.put(std::string_view("text"));
    byte_reader in(out.bytes());
    EXPECT_EQ(in.get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max() - 5);
    EXPECT_EQ(in.get_double(), -0.25);
    EXPECT_EQ(in.get_float(), 1.5f);
    EXPECT_FALSE(in.finished());
    EXPECT_EQ(in.get_text(), "text");
    EXPECT_TRUE(in.finished());
}

TEST(bytes, that_are_missing_are_noticed_and_remembered) {
    const std::array<std::byte, 3> three{std::byte{1}, std::byte{2}, std::byte{3}};
    byte_reader in(three);
    EXPECT_EQ(in.get<std::uint32_t>(), 0u);
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.get<std::uint8_t>(), 0u) << "nothing more comes after an error";
    EXPECT_FALSE(in.finished());
}

TEST(bytes, a_text_longer_than_what_is_left_gets_no_memory) {
    const std::array<std::byte, 5> lie{std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{'a'}};
    byte_reader in(lie);
    EXPECT_EQ(in.get_text(), "");
    EXPECT_FALSE(in.ok());
}

}  // namespace bytes_test
