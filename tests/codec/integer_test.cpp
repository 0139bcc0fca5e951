// What integer_codec promises beyond the words of `codec`: it is exact.
#include <sextant/codec/integer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "codec/aligned_block.hpp"
#include "codec/refusals.hpp"
#include "support/random_values.hpp"

namespace integer_test {

using codec_test::aligned_block;
using codec_test::refusal;
using sextant::cosine;
using sextant::errc;
using sextant::inner_product;
using sextant::integer_codec;
using sextant::l2;

template <class Integer>
class integers : public testing::Test {
protected:
    static constexpr float least = std::numeric_limits<Integer>::min();
    static constexpr float most = std::numeric_limits<Integer>::max();
};

using types = testing::Types<std::uint8_t, std::int8_t>;
TYPED_TEST_SUITE(integers, types);

struct both {
    float prepared;
    float stored;
};

template <class Codec>
both distances(const std::vector<float>& q, const std::vector<float>& x) {
    const Codec codec(q.size());
    const aligned_block code(codec.code_bytes());
    const aligned_block own(codec.code_bytes());
    const aligned_block bytes(codec.query_bytes());
    codec.encode(x, code.get());
    codec.encode(q, own.get());
    const std::byte* const codes[] = {code.get()};
    both result;
    codec.distances(codec.prepare(q, bytes.get()), codes, 1, &result.prepared);
    codec.distances(codec.prepare_stored(own.get(), bytes.get()), codes, 1, &result.stored);
    return result;
}

template <class Integer>
void expect_exact(const std::vector<float>& q, const std::vector<float>& x) {
    std::int64_t apart = 0;
    std::int64_t product = 0;
    std::int64_t squares = 0;
    for (std::size_t i = 0; i < q.size(); ++i) {
        const auto a = static_cast<std::int64_t>(q[i]);
        const auto b = static_cast<std::int64_t>(x[i]);
        apart += (a - b) * (a - b);
        product += a * b;
        squares += b * b;
    }
    const both squared = distances<integer_codec<l2, Integer>>(q, x);
    ASSERT_EQ(squared.prepared, static_cast<float>(apart));
    ASSERT_EQ(squared.stored, static_cast<float>(apart));
    const both inner = distances<integer_codec<inner_product, Integer>>(q, x);
    ASSERT_EQ(inner.prepared, 1.0f - static_cast<float>(product));
    ASSERT_EQ(inner.stored, 1.0f - static_cast<float>(product));
    if (squares == 0) return;
    double own = 0.0;
    for (const float value : q) own += double{value} * value;
    if (own == 0.0) return;
    const double expected = 1.0 - static_cast<double>(product) / std::sqrt(own * static_cast<double>(squares));
    const both angle = distances<integer_codec<cosine, Integer>>(q, x);
    ASSERT_NEAR(angle.prepared, expected, 5e-7);
    ASSERT_EQ(angle.stored, angle.prepared);
}

TYPED_TEST(integers, are_compared_exactly) {
    for (std::size_t dim = 1; dim <= 200; ++dim) {
        auto q = support::random_floats(dim, dim, this->least, this->most + 0.999f);
        auto x = support::random_floats(dim, dim + 1000, this->least, this->most + 0.999f);
        for (float& value : q) value = std::floor(value);
        for (float& value : x) value = std::floor(value);
        expect_exact<TypeParam>(q, x);
    }
}

TYPED_TEST(integers, are_compared_exactly_at_the_largest_dimension) {
    constexpr std::size_t dim = 65'536;
    std::vector<float> mixed(dim);
    for (std::size_t i = 0; i < dim; ++i) mixed[i] = i % 3 == 0 ? this->least : this->most;
    const std::array<std::vector<float>, 4> extremes{std::vector<float>(dim, this->least), std::vector<float>(dim, this->most),
                                                     std::vector<float>(dim, 0.0f), mixed};
    for (const auto& q : extremes) {
        for (const auto& x : extremes) expect_exact<TypeParam>(q, x);
    }
}

TYPED_TEST(integers, are_what_floats_round_to_ties_to_even) {
    const integer_codec<l2, TypeParam> codec(6);
    const std::vector<float> vector{0.5f, 1.5f, 2.5f, 2.4999f, 2.5001f, -0.5f};
    const std::vector<float> rounded{0.0f, 2.0f, 2.0f, 2.0f, 3.0f, 0.0f};
    ASSERT_EQ(refusal(codec, vector), std::nullopt);
    const aligned_block code(codec.code_bytes());
    codec.encode(vector, code.get());
    std::vector<float> back(6);
    codec.decode(code.get(), back);
    EXPECT_EQ(back, rounded);
    EXPECT_EQ(distances<decltype(codec)>(vector, rounded).prepared, 0.0f) << "queries are rounded alike";
    EXPECT_EQ(distances<decltype(codec)>(rounded, vector).prepared, 0.0f);
}

TYPED_TEST(integers, are_in_range_or_refused) {
    const integer_codec<l2, TypeParam> codec(3);
    for (const float good : {this->least, this->most, this->least - 0.5f, this->most + 0.4999f}) {
        if (good == -128.5f || good == -0.5f) {
            EXPECT_EQ(refusal(codec, std::vector<float>{0, good, 0}), std::nullopt) << "a tie goes to the even " << this->least;
        }
        EXPECT_EQ(refusal(codec, std::vector<float>{0, 0, good}), std::nullopt) << good;
    }
    for (const float bad : {this->least - 0.75f, this->least - 1.0f, this->most + 0.5f, this->most + 1.0f, 1e30f, -1e30f}) {
        for (std::size_t i = 0; i < 3; ++i) {
            std::vector<float> vector(3, 1.0f);
            vector[i] = bad;
            EXPECT_EQ(refusal(codec, vector), errc::out_of_range) << bad;
        }
    }
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const float bad : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
        EXPECT_EQ(refusal(codec, std::vector<float>{1, bad, 1}), errc::not_finite);
    }
}

TYPED_TEST(integers, of_zero_have_no_direction) {
    EXPECT_EQ(refusal(integer_codec<cosine, TypeParam>(3), std::vector<float>{0, 0.4f, -0.5f}), errc::zero_vector);
    EXPECT_EQ(refusal(integer_codec<cosine, TypeParam>(3), std::vector<float>{0, 0.6f, 0}), std::nullopt);
    EXPECT_EQ(refusal(integer_codec<l2, TypeParam>(3), std::vector<float>(3, 0.0f)), std::nullopt);
    EXPECT_EQ(refusal(integer_codec<inner_product, TypeParam>(3), std::vector<float>(3, 0.0f)), std::nullopt);
}

TYPED_TEST(integers, of_one_direction_are_at_no_distance) {
    const both angle = distances<integer_codec<cosine, TypeParam>>({1, 2, 3}, {10, 20, 30});
    EXPECT_NEAR(angle.prepared, 0.0f, 2e-7f);
    EXPECT_GE(angle.prepared, 0.0f);
}

}  // namespace integer_test
