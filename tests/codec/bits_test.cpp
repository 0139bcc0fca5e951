// What bits_codec promises beyond the words of `codec` (codec_test.cpp).
#include <sextant/codec/bits.hpp>
#include <sextant/codec/codec.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "codec/aligned_block.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

namespace bits_test {

using codec_test::aligned_block;
using sextant::bits_codec;

float distance(const bits_codec& codec, const std::vector<std::uint8_t>& a,
               const std::vector<std::uint8_t>& b) {
    const aligned_block query(codec.query_bytes());
    const aligned_block code(codec.code_bytes());
    codec.encode(b, code.get());
    const std::byte* const codes[] = {code.get()};
    float out = std::numeric_limits<float>::quiet_NaN();
    codec.distances(codec.prepare(a, query.get()), codes, 1, &out);
    return out;
}

TEST(bits_codec, packs_eight_bits_to_an_element) {
    for (std::size_t dim = 1; dim <= 130; ++dim) EXPECT_EQ(bits_codec(dim).length(), (dim + 7) / 8);
    EXPECT_LE(bits_codec(1024).code_bytes(), 128u);
}

TEST(bits_codec, bits_beyond_the_dimension_play_no_part) {
    for (std::size_t dim = 1; dim <= 130; ++dim) {
        if (dim % 8 == 0) continue;
        const bits_codec codec(dim);
        const auto clean_bits = static_cast<std::uint8_t>((1u << (dim % 8)) - 1);
        auto clean = support::random_bytes(codec.length(), dim);
        clean.back() &= clean_bits;
        auto dirty = clean;
        dirty.back() |= static_cast<std::uint8_t>(~clean_bits);
        const auto other = support::random_bytes(codec.length(), dim + 1);

        EXPECT_NO_THROW(sextant::check(codec, dirty));
        EXPECT_EQ(distance(codec, clean, dirty), 0.0f) << "dim " << dim;
        EXPECT_EQ(distance(codec, dirty, clean), 0.0f);
        EXPECT_EQ(distance(codec, dirty, other), distance(codec, clean, other));
        EXPECT_EQ(distance(codec, other, dirty), distance(codec, other, clean));

        const aligned_block code(codec.code_bytes());
        codec.encode(dirty, code.get());
        std::vector<std::uint8_t> back(codec.length());
        codec.decode(code.get(), back);
        EXPECT_EQ(back, clean) << "they come back as zeros";
    }
}

TEST(bits_codec, every_bit_of_the_dimension_counts_one) {
    for (std::size_t dim = 1; dim <= 130; ++dim) {
        const bits_codec codec(dim);
        const std::vector<std::uint8_t> zeros(codec.length());
        EXPECT_EQ(distance(codec, zeros, std::vector<std::uint8_t>(codec.length(), 0xFF)),
                  static_cast<float>(dim));
        for (std::size_t bit = 0; bit < dim; ++bit) {
            auto one = zeros;
            one[bit / 8] = static_cast<std::uint8_t>(1u << (bit % 8));
            ASSERT_EQ(distance(codec, zeros, one), 1.0f) << "bit " << bit << " of " << dim;
        }
    }
}

TEST(bits_codec, the_largest_dimension_is_counted_exactly) {
    const bits_codec codec(bits_codec::max_dim);
    const auto a = support::random_bytes(codec.length(), 1);
    const auto b = support::random_bytes(codec.length(), 2);
    EXPECT_EQ(distance(codec, a, b), static_cast<float>(support::differing_bits(a, b, bits_codec::max_dim)));
    EXPECT_EQ(distance(codec, std::vector<std::uint8_t>(codec.length(), 0),
                       std::vector<std::uint8_t>(codec.length(), 0xFF)),
              static_cast<float>(bits_codec::max_dim));
}

}  // namespace bits_test
