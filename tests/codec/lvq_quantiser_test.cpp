#include <sextant/codec/lvq_quantiser.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/random_values.hpp"

namespace lvq_quantiser_test {

static_assert(sextant::quantiser<sextant::lvq_quantiser<4>>);

constexpr double epsilon = std::numeric_limits<float>::epsilon();

/// Paper, section 3: a coordinate is off by half a step at most, the step being the range over 2^Bits − 1.
template <unsigned Bits>
void expect_quantised(const std::vector<float>& values) {
    constexpr int most = (1 << Bits) - 1;
    const sextant::lvq_quantiser<Bits> quantiser(values.size());
    std::vector<std::uint8_t> integers(quantiser.size(), 99);
    const sextant::affine_fit fit = quantiser.quantise(values.data(), integers.data());
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = static_cast<double>(*high) - static_cast<double>(*low);
    const double largest = std::max(std::abs(static_cast<double>(*high)), std::abs(static_cast<double>(*low)));
    const double least = static_cast<double>(std::numeric_limits<float>::denorm_min());  // a step is a multiple of it
    ASSERT_TRUE(std::isfinite(fit.low) && std::isfinite(fit.step) && fit.step >= 0.0f);
    ASSERT_NEAR(fit.step, range / most, epsilon * range / most + least);
    std::uint32_t sum = 0;
    double squared_norm = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_LE(integers[i], most);
        const double back = static_cast<double>(fit.low) + static_cast<double>(fit.step) * integers[i];
        ASSERT_LE(std::abs(back - static_cast<double>(values[i])), range / most / 2 + epsilon * largest + most * least)
            << i << " of " << values.size();
        sum += integers[i];
        squared_norm += back * back;
    }
    ASSERT_EQ(fit.sum, sum);
    ASSERT_NEAR(fit.squared_norm, squared_norm, epsilon * squared_norm + least);
    for (std::size_t i = values.size(); i < integers.size(); ++i) ASSERT_EQ(integers[i], 0);
}

void expect_quantised_with_any_bits(const std::vector<float>& values) {
    expect_quantised<1>(values);
    expect_quantised<4>(values);
    expect_quantised<7>(values);
    expect_quantised<8>(values);
}

TEST(lvq_quantiser, errs_by_half_a_step_at_most) {
    std::vector<std::size_t> dims{256, 257, 784, 1000, 1536, 65'536};
    for (std::size_t dim = 1; dim <= 130; ++dim) dims.push_back(dim);
    for (const std::size_t dim : dims) {
        for (const float scale : {1.0f, 1e15f, 1e-30f}) {
            expect_quantised_with_any_bits(support::random_floats(dim, dim, -scale, 3.0f * scale));
            expect_quantised_with_any_bits(support::random_floats(dim, dim, 9.0f * scale, 9.1f * scale));
        }
    }
}

TEST(lvq_quantiser, takes_equal_and_tiny_values) {
    for (const std::size_t dim : {1u, 2u, 17u, 100u}) {
        for (const float value : {0.0f, -0.0f, 2.5f, -1e17f, 1e-30f, 1e-42f}) {
            expect_quantised_with_any_bits(std::vector<float>(dim, value));
        }
        for (const float scale : {1e-37f, 1e-39f, 1e-42f, 1e-44f}) {
            auto values = support::random_floats(dim, dim);
            for (float& value : values) value *= scale;
            expect_quantised_with_any_bits(values);
        }
    }
}

}  // namespace lvq_quantiser_test
