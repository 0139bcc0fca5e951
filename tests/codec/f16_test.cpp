// What f16_codec and bf16_codec promise beyond the words of `codec` (codec_test.cpp): vectors that storing changes.
#include <sextant/codec/float.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

#include "codec/aligned_block.hpp"
#include "codec/refusals.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

namespace f16_test {

using codec_test::aligned_block;
using codec_test::refusal;
using sextant::bf16_codec;
using sextant::bfloat16;
using sextant::cosine;
using sextant::errc;
using sextant::f16_codec;
using sextant::half;
using sextant::inner_product;
using sextant::l2;

constexpr std::size_t most_codes = sextant::simd::kernel_rows;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <class Stored>
std::vector<float> rounded(std::span<const float> vector) {
    std::vector<float> result;
    for (const float value : vector) result.push_back(static_cast<float>(Stored(value)));
    return result;
}

template <class Codec>
aligned_block encoded(const Codec& codec, std::span<const float> vector) {
    aligned_block code(codec.code_bytes());
    codec.encode(vector, code.get());
    return code;
}

/// The distance by its definition in doubles, and how far a float may be off.
template <class Metric>
std::array<double, 2> reference(std::span<const float> a, std::span<const float> b) {
    constexpr double epsilon = std::numeric_limits<float>::epsilon();
    const auto sum = std::same_as<Metric, l2> ? support::squared_difference(a, b) : support::product(a, b);
    if (std::same_as<Metric, l2>) return {sum.value, sum.tolerance()};
    if (std::same_as<Metric, inner_product>) {
        return {1.0 - sum.value, sum.tolerance() + epsilon * (1.0 + std::abs(sum.value))};
    }
    const double norms = std::sqrt(support::product(a, a).value * support::product(b, b).value);
    return {1.0 - sum.value / norms, sum.tolerance() / norms + static_cast<double>(a.size() + 8) * epsilon};
}

template <class Codec>
class rounding_codecs;

template <class Metric, class Stored>
class rounding_codecs<sextant::float_codec<Metric, Stored>> : public testing::Test {
protected:
    using metric = Metric;
    using stored = Stored;
};

struct codec_names {
    template <class Codec>
    static std::string GetName(int) {
        using metric = typename Codec::metric_type;
        const std::string stored = std::same_as<Codec, f16_codec<metric>> ? "f16_" : "bf16_";
        if (std::same_as<metric, l2>) return stored + "l2";
        return stored + (std::same_as<metric, cosine> ? "cosine" : "inner_product");
    }
};

using codecs = testing::Types<f16_codec<l2>, f16_codec<inner_product>, f16_codec<cosine>, bf16_codec<l2>,
                              bf16_codec<inner_product>, bf16_codec<cosine>>;
TYPED_TEST_SUITE(rounding_codecs, codecs, codec_names);

std::vector<std::size_t> dimensions() {
    std::vector<std::size_t> dims;
    for (std::size_t dim = 1; dim <= 130; ++dim) dims.push_back(dim);
    for (const std::size_t dim : {256u, 257u, 511u, 784u, 1000u, 1536u, 4097u}) dims.push_back(dim);
    return dims;
}

TYPED_TEST(rounding_codecs, give_back_the_nearest_they_can_store) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto vector = support::random_floats(dim, dim, -10.0f, 10.0f);
        const aligned_block code = encoded(codec, vector);
        std::vector<float> back(dim);
        codec.decode(code.get(), back);
        ASSERT_EQ(back, rounded<typename TestFixture::stored>(vector)) << "dim " << dim;
    }
}

TYPED_TEST(rounding_codecs, compare_a_query_as_given_with_vectors_as_stored) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto query = support::random_floats(dim, 10 * dim, -10.0f, 10.0f);
        const aligned_block bytes(codec.query_bytes());
        const auto prepared = codec.prepare(query, bytes.get());
        std::vector<aligned_block> blocks;
        std::array<const std::byte*, most_codes> codes;
        std::array<std::array<double, 2>, most_codes> expected;
        for (std::size_t c = 0; c < most_codes; ++c) {
            const auto vector = support::random_floats(dim, 10 * dim + 1 + c, -10.0f, 10.0f);
            codes[c] = blocks.emplace_back(encoded(codec, vector)).get();
            expected[c] = reference<typename TestFixture::metric>(query, rounded<typename TestFixture::stored>(vector));
        }
        for (std::size_t n = 1; n <= most_codes; ++n) {
            std::array<float, most_codes> out;
            codec.distances(prepared, codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) {
                ASSERT_NEAR(out[c], expected[c][0], expected[c][1]) << "dim " << dim << ", code " << c;
            }
        }
    }
}

TYPED_TEST(rounding_codecs, make_of_a_code_the_query_that_its_decoded_vector_makes) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const aligned_block own = encoded(codec, support::random_floats(dim, dim, -10.0f, 10.0f));
        const aligned_block other = encoded(codec, support::random_floats(dim, dim + 1, -10.0f, 10.0f));
        std::vector<float> back(dim);
        codec.decode(own.get(), back);
        const aligned_block bytes(codec.query_bytes());
        const aligned_block wide(codec.query_bytes());
        const std::byte* const codes[] = {other.get()};
        float from_vector;
        float from_code;
        codec.distances(codec.prepare(back, bytes.get()), codes, 1, &from_vector);
        codec.distances(codec.prepare_stored(own.get(), wide.get()), codes, 1, &from_code);
        ASSERT_EQ(from_vector, from_code) << "dim " << dim;
    }
}

template <class Metric>
class f16 : public testing::Test {};

using metrics = testing::Types<l2, inner_product, cosine>;
TYPED_TEST_SUITE(f16, metrics);

TYPED_TEST(f16, refuses_what_would_be_infinite_wherever_it_is) {
    for (const std::size_t dim : {1u, 2u, 7u, 16u, 33u, 100u}) {
        const f16_codec<TypeParam> codec(dim);
        auto vector = support::random_floats(dim, dim, 1.0f, 2.0f);
        for (std::size_t i = 0; i < dim; ++i) {
            const float good = vector[i];
            for (const float bad : {65'520.0f, -65'520.0f, 1e6f, 1e18f, infinity, -infinity, nan}) {
                vector[i] = bad;
                ASSERT_EQ(refusal(codec, vector), errc::not_finite) << bad << " at " << i << " of " << dim;
            }
            for (const float largest : {65'519.99f, -65'519.99f}) {
                vector[i] = largest;
                ASSERT_EQ(refusal(codec, vector), std::nullopt);
                std::vector<float> back(dim);
                codec.decode(encoded(codec, vector).get(), back);
                ASSERT_EQ(back[i], std::copysign(65'504.0f, largest));
            }
            vector[i] = good;
        }
    }
}

TYPED_TEST(f16, says_what_is_too_large) {
    try {
        sextant::check(f16_codec<TypeParam>(2), std::array<float, 2>{70'000.0f, 1.0f});
        FAIL() << "it was taken";
    } catch (const sextant::error& e) {
        EXPECT_NE(std::string(e.what()).find("65504"), std::string::npos) << e.what();
    }
}

TYPED_TEST(f16, takes_long_vectors_of_coordinates_it_can_store) {
    constexpr std::size_t dim = 65'536;
    const f16_codec<TypeParam> codec(dim);
    const std::vector<float> vector(dim, 65'504.0f);
    ASSERT_EQ(refusal(codec, vector), std::nullopt);
    const aligned_block code = encoded(codec, vector);
    const aligned_block opposite = encoded(codec, std::vector<float>(dim, -65'504.0f));
    const aligned_block bytes(codec.query_bytes());
    const std::array<const std::byte*, 2> codes{code.get(), opposite.get()};
    std::array<float, 2> out;
    codec.distances(codec.prepare_stored(code.get(), bytes.get()), codes.data(), 2, out.data());
    EXPECT_TRUE(std::isfinite(out[0])) << out[0];
    EXPECT_TRUE(std::isfinite(out[1])) << out[1];
    if (std::same_as<TypeParam, cosine>) {
        EXPECT_NEAR(out[0], 0.0f, 1e-3f);
        EXPECT_NEAR(out[1], 2.0f, 1e-3f);
    }
}

TYPED_TEST(f16, refuses_vectors_that_round_to_zero_where_they_need_a_direction) {
    constexpr auto verdict =
        std::same_as<TypeParam, cosine> ? std::optional(errc::zero_vector) : std::optional<errc>();
    for (const std::size_t dim : {1u, 7u, 16u, 100u, 65'536u}) {
        const f16_codec<TypeParam> codec(dim);
        for (const float small : {0.0f, -0.0f, 1e-20f, 1e-10f, 0x1p-25f, -0x1p-25f}) {
            EXPECT_EQ(refusal(codec, std::vector<float>(dim, small)), verdict) << small << ", dim " << dim;
        }
        std::vector<float> vector(dim, 0x1p-25f);
        for (const std::size_t i : {std::size_t{0}, dim / 2, dim - 1}) {
            vector[i] = 0x1.000002p-25f;
            EXPECT_EQ(refusal(codec, vector), std::nullopt) << "one coordinate is left, of " << dim;
            vector[i] = 0x1p-25f;
        }
    }
}

TEST(f16_cosine, compares_what_is_left_of_the_smallest_vectors) {
    for (const std::size_t dim : {1u, 2u, 9u, 100u}) {
        const f16_codec<cosine> codec(dim);
        std::vector<float> smallest(dim, 0.0f);
        smallest.back() = 0x1p-24f;
        std::vector<float> direction(dim, 0.0f);
        direction.back() = 100.0f;
        const aligned_block bytes(codec.query_bytes());
        const aligned_block code = encoded(codec, smallest);
        const std::byte* const codes[] = {code.get()};
        float distance = nan;
        codec.distances(codec.prepare(direction, bytes.get()), codes, 1, &distance);
        EXPECT_NEAR(distance, 0.0f, 1e-6f);
        codec.distances(codec.prepare_stored(code.get(), bytes.get()), codes, 1, &distance);
        EXPECT_NEAR(distance, 0.0f, 1e-6f);
    }
}

TEST(f16_codec, costs_two_bytes_a_value_and_cosine_a_float_more) {
    EXPECT_EQ(f16_codec<l2>(128).code_bytes(), 256u);
    EXPECT_EQ(f16_codec<inner_product>(101).code_bytes(), 202u);
    EXPECT_EQ(f16_codec<cosine>(100).code_bytes(), 204u);
    EXPECT_EQ(f16_codec<cosine>(101).code_bytes(), 208u);
    EXPECT_EQ(f16_codec<l2>(101).query_bytes(), 404u);
}

TEST(f16_codec, keeps_the_scale_of_what_it_stores) {
    const std::vector<float> vector{1.0003f, 0.0f, 0.0f};
    const f16_codec<cosine> codec(3);
    const aligned_block code = encoded(codec, vector);
    float scale;
    std::memcpy(&scale, code.get() + 8, sizeof(scale));
    EXPECT_EQ(scale, 1.0f) << "1.0003 is stored as 1";
}

}  // namespace f16_test
