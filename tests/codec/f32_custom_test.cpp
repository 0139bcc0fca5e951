// What f32_custom_codec promises beyond the words of `codec` (codec_test.cpp).
#include <sextant/codec/f32_custom.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "codec/aligned_block.hpp"
#include "codec/refusals.hpp"

namespace f32_custom_test {

using codec_test::aligned_block;
using codec_test::refusal;
using sextant::errc;
using floats = std::span<const float>;

/// Tells its operands apart.
struct first_of_each {
    float factor = 10.0f;
    float operator()(floats a, floats b) const { return factor * a[0] + b[0]; }
};

using codec = sextant::f32_custom_codec<first_of_each>;

TEST(f32_custom_codec, refuses_nan_and_infinity_wherever_they_are) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const std::size_t dim : {1u, 2u, 17u, 100u}) {
        std::vector<float> vector(dim, 1.0f);
        for (std::size_t i = 0; i < dim; ++i) {
            for (const float bad : {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity}) {
                vector[i] = bad;
                EXPECT_EQ(refusal(codec(dim), vector), errc::not_finite);
            }
            vector[i] = 1.0f;
        }
    }
}

TEST(f32_custom_codec, leaves_it_to_the_distance_what_is_too_long_or_too_short) {
    constexpr float largest = std::numeric_limits<float>::max();
    EXPECT_EQ(refusal(codec(2), std::array<float, 2>{largest, -largest}), std::nullopt);
    EXPECT_EQ(refusal(codec(2), std::array<float, 2>{0.0f, 0.0f}), std::nullopt);
}

TEST(f32_custom_codec, calls_the_distance_it_was_made_with_on_query_and_vector) {
    const codec c(3, sextant::custom{first_of_each{100.0f}});
    EXPECT_EQ(c.metric().function.factor, 100.0f);
    const aligned_block bytes(c.query_bytes());
    const auto query = c.prepare(std::array<float, 3>{1, 0, 0}, bytes.get());
    std::vector<aligned_block> blocks;
    std::vector<const std::byte*> codes;
    for (int i = 0; i < 4; ++i) {
        codes.push_back(blocks.emplace_back(c.code_bytes()).get());
        c.encode(std::array<float, 3>{static_cast<float>(2 + i), 0, 0}, blocks.back().get());
    }
    std::array<float, 4> out;
    c.distances(query, codes.data(), 4, out.data());
    EXPECT_EQ(out, (std::array<float, 4>{102, 103, 104, 105}));
}

TEST(f32_custom_codec, takes_a_lambda_with_state) {
    const float weight = 0.5f;
    const sextant::custom metric{[weight](floats a, floats b) { return weight * (a[0] - b[0]); }};
    const sextant::f32_custom_codec c(1, metric);
    const aligned_block a(c.code_bytes());
    const aligned_block b(c.code_bytes());
    c.encode(std::array<float, 1>{8}, a.get());
    c.encode(std::array<float, 1>{2}, b.get());
    const std::byte* const codes[] = {b.get()};
    float distance;
    c.distances(c.prepare_stored(a.get(), nullptr), codes, 1, &distance);
    EXPECT_EQ(distance, 3.0f);
}

}  // namespace f32_custom_test
