// What f32_codec and bf16_codec promise beyond the words of `codec` (codec_test.cpp): they have a float's range.
#include <sextant/codec/float.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

#include "codec/aligned_block.hpp"
#include "codec/refusals.hpp"
#include "support/random_values.hpp"

namespace float_test {

using codec_test::aligned_block;
using codec_test::refusal;
using sextant::bf16_codec;
using sextant::cosine;
using sextant::errc;
using sextant::f32_codec;
using sextant::inner_product;
using sextant::l2;

constexpr std::size_t most_codes = sextant::simd::kernel_rows;
constexpr float largest = std::numeric_limits<float>::max();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <class Codec>
class float_codecs : public testing::Test {};

struct codec_names {
    template <class Codec>
    static std::string GetName(int) {
        using metric = typename Codec::metric_type;
        const std::string stored = std::same_as<Codec, f32_codec<metric>> ? "f32_" : "bf16_";
        if (std::same_as<metric, l2>) return stored + "l2";
        return stored + (std::same_as<metric, cosine> ? "cosine" : "inner_product");
    }
};

using codecs = testing::Types<f32_codec<l2>, f32_codec<inner_product>, f32_codec<cosine>, bf16_codec<l2>,
                              bf16_codec<inner_product>, bf16_codec<cosine>>;
TYPED_TEST_SUITE(float_codecs, codecs, codec_names);

TYPED_TEST(float_codecs, refuses_nan_and_infinity_wherever_they_are) {
    for (std::size_t dim = 1; dim <= 140; ++dim) {
        const TypeParam codec(dim);
        auto vector = support::random_floats(dim, dim, 1.0f, 2.0f);
        ASSERT_EQ(refusal(codec, vector), std::nullopt);
        for (std::size_t i = 0; i < dim; ++i) {
            const float good = vector[i];
            for (const float bad : {nan, -nan, infinity, -infinity}) {
                vector[i] = bad;
                ASSERT_EQ(refusal(codec, vector), errc::not_finite) << bad << " at " << i << " of " << dim;
            }
            vector[i] = good;
        }
    }
    const TypeParam codec(2);
    EXPECT_EQ(refusal(codec, std::array<float, 2>{infinity, -infinity}), errc::not_finite);
    EXPECT_EQ(refusal(codec, std::array<float, 2>{nan, infinity}), errc::not_finite);
}

TYPED_TEST(float_codecs, refuses_values_whose_distance_would_overflow) {
    for (const std::size_t dim : {1u, 3u, 16u, 100u}) {
        const TypeParam codec(dim);
        for (const float bad : {largest, -largest, 1e30f, 2e19f, -2e19f}) {
            std::vector<float> vector(dim, 1.0f);
            vector.back() = bad;
            EXPECT_EQ(refusal(codec, vector), errc::not_finite) << bad << ", dim " << dim;
        }
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, 1e17f)), std::nullopt);
    }
    // No single value is too large here, but the vector is too long.
    EXPECT_EQ(refusal(TypeParam(1000), std::vector<float>(1000, 1e18f)), errc::not_finite);
}

/// The longest multiple of `direction` that the codec takes.
template <class Codec>
std::vector<float> longest(const Codec& codec, const std::vector<float>& direction) {
    const auto scaled = [&](float factor) {
        std::vector<float> vector = direction;
        for (float& value : vector) value *= factor;
        return vector;
    };
    float taken = 1e15f;
    float refused = 1e21f;
    for (;;) {
        const float middle = taken + (refused - taken) / 2;
        if (middle <= taken || middle >= refused) return scaled(taken);
        (refusal(codec, scaled(middle)) ? refused : taken) = middle;
    }
}

TYPED_TEST(float_codecs, distances_between_vectors_it_takes_are_finite) {
    for (std::size_t seed = 0; seed < 300; ++seed) {
        const std::size_t dim = 1 + seed * 7 % 200;
        const TypeParam codec(dim);
        const auto vector = longest(codec, support::random_floats(dim, seed));
        ASSERT_EQ(refusal(codec, vector), std::nullopt);
        std::vector<float> opposite = vector;
        for (float& value : opposite) value = -value;
        const aligned_block code(codec.code_bytes());
        const aligned_block other(codec.code_bytes());
        const aligned_block query(codec.query_bytes());
        codec.encode(vector, code.get());
        codec.encode(opposite, other.get());
        const std::array<const std::byte*, most_codes> codes{other.get(), code.get(), other.get(),
                                                             code.get()};
        for (std::size_t n = 1; n <= most_codes; ++n) {
            std::array<float, most_codes> out;
            codec.distances(codec.prepare_stored(code.get(), query.get()), codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) {
                ASSERT_TRUE(std::isfinite(out[c]))
                    << out[c] << ", dim " << dim << ", code " << c << " of " << n;
            }
        }
    }
}

TYPED_TEST(float_codecs, takes_the_zero_vector_where_it_can_be_compared) {
    constexpr bool refused = std::same_as<typename TypeParam::metric_type, cosine>;
    constexpr auto verdict = refused ? std::optional(errc::zero_vector) : std::nullopt;
    for (const std::size_t dim : {1u, 7u, 16u, 100u}) {
        const TypeParam codec(dim);
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, 0.0f)), verdict);
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, -0.0f)), verdict);
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, std::numeric_limits<float>::denorm_min())), verdict);
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, 1e-20f)), verdict);
        EXPECT_EQ(refusal(codec, std::vector<float>(dim, 1e-14f)), std::nullopt);
    }
}

TYPED_TEST(float_codecs, keeps_zeros_of_either_sign_and_the_smallest_values_bit_by_bit) {
    constexpr bool all_bits = std::same_as<TypeParam, f32_codec<typename TypeParam::metric_type>>;
    constexpr float smallest = all_bits ? std::numeric_limits<float>::denorm_min() : 0x1p-133f;
    const std::vector<float> vector{1.0f, -0.0f, 0.0f, smallest, -smallest, std::numeric_limits<float>::min(),
                                    0x1.04p60f};
    const TypeParam codec(vector.size());
    ASSERT_EQ(refusal(codec, vector), std::nullopt);
    const aligned_block code(codec.code_bytes());
    codec.encode(vector, code.get());
    std::vector<float> back(vector.size());
    codec.decode(code.get(), back);
    for (std::size_t i = 0; i < vector.size(); ++i) {
        EXPECT_EQ(back[i], vector[i]);
        EXPECT_EQ(std::signbit(back[i]), std::signbit(vector[i]));
    }
}

float cosine_distance(const std::vector<float>& a, const std::vector<float>& b) {
    const f32_codec<cosine> codec(a.size());
    const aligned_block query(codec.query_bytes());
    const aligned_block code(codec.code_bytes());
    codec.encode(b, code.get());
    const std::byte* const codes[] = {code.get()};
    float distance;
    codec.distances(codec.prepare(a, query.get()), codes, 1, &distance);
    return distance;
}

TEST(f32_cosine, stays_in_its_range_from_the_shortest_to_the_longest_vectors) {
    for (const std::size_t dim : {1u, 2u, 10u, 100u, 768u}) {
        const f32_codec<cosine> codec(dim);
        const auto direction = support::random_floats(dim, dim, 0.5f, 1.0f);
        auto shortest = direction;
        float norm = 0.0f;
        for (const float value : direction) norm += value * value;
        for (float& value : shortest) value *= 1.01e-15f / std::sqrt(norm);
        ASSERT_EQ(refusal(codec, shortest), std::nullopt);
        const auto longest_one = longest(codec, direction);
        auto opposite = longest_one;
        for (float& value : opposite) value = -value;
        for (const auto& other : {direction, shortest, longest_one}) {
            for (const auto& one : {direction, shortest, longest_one}) {
                EXPECT_GE(cosine_distance(one, other), 0.0f);
                EXPECT_NEAR(cosine_distance(one, other), 0.0f, 1e-5f) << "dim " << dim;
            }
            EXPECT_NEAR(cosine_distance(other, opposite), 2.0f, 1e-5f) << "dim " << dim;
        }
    }
}

TEST(f32_cosine, gives_back_the_vector_as_it_came_and_not_normalised) {
    const std::vector<float> vector{3.0f, 4.0f};
    const f32_codec<cosine> codec(2);
    const aligned_block code(codec.code_bytes());
    codec.encode(vector, code.get());
    std::vector<float> back(2);
    codec.decode(code.get(), back);
    EXPECT_EQ(back, vector);
}

TEST(bf16_codec, costs_two_bytes_a_value_and_cosine_a_float_more) {
    EXPECT_EQ(bf16_codec<l2>(128).code_bytes(), 256u);
    EXPECT_EQ(bf16_codec<inner_product>(101).code_bytes(), 202u);
    EXPECT_EQ(bf16_codec<cosine>(100).code_bytes(), 204u);
    EXPECT_EQ(bf16_codec<cosine>(101).code_bytes(), 208u);
}

TEST(f32_codec, costs_four_bytes_a_value_and_cosine_four_more) {
    EXPECT_EQ(f32_codec<l2>(128).code_bytes(), 512u);
    EXPECT_EQ(f32_codec<inner_product>(100).code_bytes(), 400u);
    EXPECT_EQ(f32_codec<cosine>(100).code_bytes(), 404u);
}

}  // namespace float_test
