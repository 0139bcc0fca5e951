#include <sextant/metric/cosine.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "metric/reducing_metric_checks.hpp"
#include "support/reference.hpp"

namespace cosine_test {

using metric_test::distance;
using sextant::cosine;

static_assert(sextant::reducing_metric<cosine>);
static_assert(cosine::scales);

constexpr float eps = std::numeric_limits<float>::epsilon();

TEST(cosine, is_one_minus_the_cosine) {
    const std::array<float, 2> east{2, 0};
    EXPECT_EQ(distance<cosine>(east, std::array<float, 2>{3, 0}), 0.0f);
    EXPECT_EQ(distance<cosine>(east, std::array<float, 2>{0, 5}), 1.0f);
    EXPECT_EQ(distance<cosine>(east, std::array<float, 2>{-4, 0}), 2.0f);

    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        const auto product = support::product(a, b);
        const double norms = std::sqrt(support::product(a, a).value * support::product(b, b).value);
        const double tolerance = product.tolerance() / norms + static_cast<double>(a.size() + 8) * eps;
        EXPECT_NEAR(distance<cosine>(a, b), 1.0 - product.value / norms, tolerance);
    });
}

TEST(cosine, depends_on_direction_alone) {
    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        std::vector<float> longer(a.begin(), a.end());
        for (float& value : longer) value *= 1024.0f;  // a power of two: no rounding
        EXPECT_NEAR(distance<cosine>(longer, b), distance<cosine>(a, b), 8 * eps);
    });
}

TEST(cosine, is_never_negative) {
    // Rounding alone would put the distance between a vector and its multiples on either side of zero.
    int below_zero = 0;
    for (std::size_t seed = 0; seed < 2000; ++seed) {
        const auto a = support::random_floats(1 + seed % 100, seed);
        std::vector<float> multiple = a;
        for (float& value : multiple) value *= 1.7f;
        const float away = distance<cosine>(a, multiple);
        ASSERT_GE(away, 0.0f);
        ASSERT_LT(away, 40 * eps);
        const auto square = [](const std::vector<float>& v) {
            return sextant::simd::reduce<sextant::simd::product>(v.data(), v.data(), v.size());
        };
        const float dot = sextant::simd::reduce<sextant::simd::product>(a.data(), multiple.data(), a.size());
        below_zero += dot * (1.0f / std::sqrt(square(a))) * (1.0f / std::sqrt(square(multiple))) > 1.0f;
    }
    EXPECT_GT(below_zero, 0) << "no case needed the clamp, so this test shows nothing";
    EXPECT_FALSE(std::signbit(cosine::distance(1.0f, 1.0f, 1.0000001f)));
}

TEST(cosine, is_symmetric_to_the_last_bit) {
    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        EXPECT_EQ(distance<cosine>(a, b), distance<cosine>(b, a));
    });
}

}  // namespace cosine_test
