#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "index/support/cases.hpp"

namespace get_test {

std::vector<std::uint32_t> bits_of(std::span<const float> values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

template <class Metric>
class get : public testing::Test {};

using float_metrics = testing::Types<sextant::l2, sextant::inner_product, sextant::cosine, support::chebyshev>;
TYPED_TEST_SUITE(get, float_metrics);

TYPED_TEST(get, gives_back_what_was_inserted_bit_by_bit) {
    using limits = std::numeric_limits<float>;
    // 17 elements: none of the kernels' widths divides it.
    const std::vector<std::vector<float>> vectors{
        {0.1f, -0.2f, 0.3f, 1e-20f, 3.0f, -0.0f, 0.0f, 1e10f, -1e10f, limits::denorm_min(), limits::min(),
         limits::epsilon(), 1.0f / 3.0f, 16777217.0f, -limits::denorm_min(), 0.5f, 1e-30f},
        std::vector<float>(17, 1e-10f),
        std::vector<float>(17, -1e18f),
        {1.0f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.0f},
    };
    sextant::index<TypeParam> by_insert({.dim = 17});
    sextant::index<TypeParam> by_build({.dim = 17});
    std::vector<float> block;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        std::vector<float> mine = vectors[i];
        ASSERT_TRUE(by_insert.insert(i, mine));
        EXPECT_EQ(bits_of(mine), bits_of(vectors[i])) << "the caller's vector stays as it was";
        by_insert.search(mine, 2);
        EXPECT_EQ(bits_of(mine), bits_of(vectors[i])) << "so does the query";
        block.insert(block.end(), mine.begin(), mine.end());
    }
    const std::vector<float> before = block;
    by_build.build(support::keys_from(0, vectors.size()), sextant::rows(block, 17));
    EXPECT_EQ(bits_of(block), bits_of(before));
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        EXPECT_EQ(bits_of(by_insert.get(i).value()), bits_of(vectors[i])) << i;
        EXPECT_EQ(bits_of(by_build.get(i).value()), bits_of(vectors[i])) << i;
        std::vector<float> out(17);
        EXPECT_TRUE(by_insert.get_into(i, out));
        EXPECT_EQ(bits_of(out), bits_of(vectors[i]));
    }
}

TEST(get_bits, gives_back_what_was_inserted_but_for_bits_beyond_the_dimension) {
    sextant::index<sextant::hamming> index({.dim = 19});
    const std::vector<std::uint8_t> vector{0xFF, 0x5A, 0xFE};
    index.insert(1, vector);
    EXPECT_EQ(index.get(1).value(), (std::vector<std::uint8_t>{0xFF, 0x5A, 0x06}));
    EXPECT_EQ(index.search(std::vector<std::uint8_t>{0xFF, 0x5A, 0x0E}, 1).front().distance, 0.0f);
}

TEST(get, of_a_missing_key_gives_nothing_and_leaves_the_span_alone) {
    sextant::index<sextant::l2, sextant::f32, std::string> index({.dim = 2});
    std::vector<float> out{7.0f, 8.0f};
    EXPECT_FALSE(index.get("a"));
    EXPECT_FALSE(index.get_into("a", out));
    index.insert("a", std::vector<float>{1.0f, 2.0f});
    EXPECT_FALSE(index.get("b"));
    EXPECT_FALSE(index.get_into("b", out));
    EXPECT_EQ(out, (std::vector<float>{7.0f, 8.0f}));
    EXPECT_FALSE(index.contains(""));
}

TEST(get, into_a_span_of_another_size_is_refused) {
    sextant::index<sextant::l2> index({.dim = 3});
    index.insert(1, std::vector<float>{1.0f, 2.0f, 3.0f});
    for (const std::size_t size : {0u, 2u, 4u}) {
        std::vector<float> out(size, 9.0f);
        try {
            index.get_into(1, out);
            FAIL() << "not refused";
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), sextant::errc::dimension_mismatch);
        }
        EXPECT_EQ(out, std::vector<float>(size, 9.0f));
    }
}

TEST(get, gives_what_was_inserted_first_under_a_key) {
    sextant::index<sextant::cosine> index({.dim = 2});
    EXPECT_TRUE(index.insert(5, std::vector<float>{3.0f, 4.0f}));
    EXPECT_FALSE(index.insert(5, std::vector<float>{1.0f, 0.0f}));
    EXPECT_EQ(index.get(5).value(), (std::vector<float>{3.0f, 4.0f}));
    EXPECT_EQ(index.size(), 1u);
}

}  // namespace get_test
