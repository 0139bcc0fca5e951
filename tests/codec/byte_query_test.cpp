#include <sextant/codec/byte_query.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/random_values.hpp"

namespace byte_query_test {

using sextant::byte_query;
using sextant::round_query;

constexpr double epsilon = std::numeric_limits<float>::epsilon();

/// Rounds the values into `size` bytes and checks what byte_query says of them.
void expect_rounded(const std::vector<float>& values, std::size_t size) {
    std::vector<std::int8_t> bytes(size + 1, 99);
    const byte_query q = round_query(values.data(), values.size(), size, bytes.data());
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = static_cast<double>(*high) - static_cast<double>(*low);
    const double most = std::max(std::abs(static_cast<double>(*high)), std::abs(static_cast<double>(*low)));
    // Below the normal floats a step is a multiple of the least float.
    const double least = 256.0 * static_cast<double>(std::numeric_limits<float>::denorm_min());
    double sum = 0.0;
    double magnitude = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = static_cast<double>(values[i]);
        const double back = static_cast<double>(q.offset) + static_cast<double>(q.step) * bytes[i];
        ASSERT_LE(std::abs(value - back), range / 510.0 + 4.0 * epsilon * most + least) << i << " of " << values.size();
        sum += back;
        magnitude += std::abs(back);
        squares += back * back;
    }
    const double terms = static_cast<double>(values.size());
    ASSERT_NEAR(q.sum, sum, terms * epsilon * magnitude + least);
    ASSERT_NEAR(q.squared_norm, squares, terms * epsilon * squares + least);
    for (std::size_t i = values.size(); i < size; ++i) ASSERT_EQ(bytes[i], 0);
    ASSERT_EQ(bytes[size], 99) << "written past the end";
    if (range > 0.0) {
        const auto [first, last] = std::minmax_element(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(values.size()));
        ASSERT_EQ(*first, -128);
        ASSERT_EQ(*last, 127);
    }
}

TEST(byte_query, errs_by_half_a_255th_of_the_range_at_most) {
    for (std::size_t dim = 1; dim <= 130; ++dim) {
        for (const float scale : {1.0f, 1e17f, 1e-30f}) {
            auto values = support::random_floats(dim, dim, -scale, 3.0f * scale);
            expect_rounded(values, dim);
            expect_rounded(values, (dim + 127) / 128 * 128);
            for (float& value : values) value += 5.0f * scale;
            expect_rounded(values, dim + 5);
        }
    }
    expect_rounded(support::random_floats(65'536, 1), 65'536);
}

TEST(byte_query, holds_equal_values_exactly) {
    for (const float value : {0.0f, 1.0f, -7.5f, 1e17f, -1e-42f}) {
        expect_rounded(std::vector<float>(100, value), 128);
        std::vector<std::int8_t> bytes(3);
        const byte_query q = round_query(std::vector<float>(3, value).data(), 3, 3, bytes.data());
        for (const std::int8_t b : bytes) EXPECT_EQ(q.offset + q.step * static_cast<float>(b), value);
    }
}

TEST(byte_query, takes_the_nearest_step) {
    // From 0 to 255, so that steps are 1 and bytes the values less 128.
    const std::vector<float> values{0.0f, 255.0f, 1.4f, 1.6f, 127.4f, 127.6f, 254.4f, 254.6f};
    std::vector<std::int8_t> bytes(values.size());
    const byte_query q = round_query(values.data(), values.size(), values.size(), bytes.data());
    EXPECT_EQ(q.step, 1.0f);
    EXPECT_EQ(q.offset, 128.0f);
    EXPECT_EQ(bytes, (std::vector<std::int8_t>{-128, 127, -127, -126, -1, 0, 126, 127}));
}

TEST(byte_query, stays_finite_below_the_normal_floats) {
    for (const float scale : {1e-38f, 1e-40f, 1e-44f}) {
        for (std::size_t dim = 1; dim < 40; ++dim) {
            auto values = support::random_floats(dim, dim, -1.0f, 1.0f);
            for (float& value : values) value *= scale;
            std::vector<std::int8_t> bytes(dim);
            const byte_query q = round_query(values.data(), dim, dim, bytes.data());
            for (std::size_t i = 0; i < dim; ++i) {
                const float back = q.offset + q.step * static_cast<float>(bytes[i]);
                ASSERT_NEAR(back, values[i], 2.0f * scale);
            }
        }
    }
}

}  // namespace byte_query_test
