#include <sextant/codec/wide_query.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/random_values.hpp"

namespace wide_query_test {

using sextant::round_wide_query;
using sextant::wide_query;

constexpr double epsilon = std::numeric_limits<float>::epsilon();

void expect_rounded(const std::vector<float>& values, std::size_t size) {
    std::vector<std::int8_t> high(size + 1, 99);
    std::vector<std::int8_t> low(size + 1, 99);
    const wide_query q = round_wide_query(values.data(), values.size(), size, high.data(), low.data());
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const double range = static_cast<double>(*greatest) - static_cast<double>(*least);
    const double most = std::max(std::abs(static_cast<double>(*greatest)), std::abs(static_cast<double>(*least)));
    double sum = 0.0;
    double magnitude = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = static_cast<double>(values[i]);
        const double level = 256.0 * high[i] + low[i];
        ASSERT_LE(std::abs(level), 32'639.0);
        ASSERT_LE(std::abs(value - (static_cast<double>(q.offset) + static_cast<double>(q.step) * level)),
                  range / (4.0 * 32'639.0) + 2.0 * epsilon * most)
            << i << " of " << values.size();
        sum += value;
        magnitude += std::abs(value);
        squares += value * value;
    }
    const double terms = static_cast<double>(values.size());
    ASSERT_NEAR(q.sum, sum, terms * epsilon * magnitude);
    ASSERT_NEAR(q.squared_norm, squares, terms * epsilon * squares + 1e-40);
    for (std::size_t i = values.size(); i < size; ++i) {
        ASSERT_EQ(high[i], 0);
        ASSERT_EQ(low[i], 0);
    }
    ASSERT_EQ(high[size], 99);
    ASSERT_EQ(low[size], 99);
}

TEST(wide_query, errs_by_half_a_65278th_of_the_range_at_most) {
    for (std::size_t dim = 1; dim <= 130; ++dim) {
        for (const float scale : {1.0f, 1e17f, 1e-30f}) {
            auto values = support::random_floats(dim, dim, -scale, 3.0f * scale);
            expect_rounded(values, dim);
            expect_rounded(values, (dim + 127) / 128 * 128);
            for (float& value : values) value -= 9.0f * scale;
            expect_rounded(values, dim + 3);
        }
    }
    expect_rounded(support::random_floats(65'536, 1), 65'536);
}

TEST(wide_query, holds_equal_values_exactly) {
    for (const float value : {0.0f, -7.5f, 1e17f}) expect_rounded(std::vector<float>(50, value), 64);
}

// Every level the two planes hold, and both signs of the low one.
TEST(wide_query, splits_every_level) {
    std::vector<float> values;
    for (int level = -32'639; level <= 32'639; ++level) values.push_back(static_cast<float>(level));
    std::vector<std::int8_t> high(values.size());
    std::vector<std::int8_t> low(values.size());
    const wide_query q = round_wide_query(values.data(), values.size(), values.size(), high.data(), low.data());
    EXPECT_EQ(q.step, 1.0f);
    EXPECT_EQ(q.offset, 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(256 * high[i] + low[i], static_cast<int>(values[i]));
}

}  // namespace wide_query_test
