#include <sextant/metric/l2.hpp>

#include <gtest/gtest.h>

#include <array>
#include <span>

#include "metric/reducing_metric_checks.hpp"
#include "support/reference.hpp"

namespace l2_test {

using metric_test::distance;
using sextant::l2;

static_assert(sextant::reducing_metric<l2>);
static_assert(!l2::scales);

TEST(l2, is_the_squared_euclidean_distance) {
    const std::array<float, 2> origin{0, 0};
    const std::array<float, 2> point{3, 4};
    EXPECT_EQ(distance<l2>(origin, point), 25.0f);

    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        const auto expected = support::squared_difference(a, b);
        EXPECT_NEAR(distance<l2>(a, b), expected.value, expected.tolerance());
    });
}

TEST(l2, is_symmetric_and_zero_between_equal_vectors) {
    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        EXPECT_EQ(distance<l2>(a, b), distance<l2>(b, a));
        EXPECT_EQ(distance<l2>(a, a), 0.0f);
    });
}

}  // namespace l2_test
