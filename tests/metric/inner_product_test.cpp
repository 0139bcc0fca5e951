#include <sextant/metric/inner_product.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "metric/reducing_metric_checks.hpp"
#include "support/reference.hpp"

namespace inner_product_test {

using metric_test::distance;
using sextant::inner_product;

static_assert(sextant::reducing_metric<inner_product>);
static_assert(!inner_product::scales);

TEST(inner_product, is_one_minus_the_inner_product) {
    const std::array<float, 3> a{1, 2, 3};
    const std::array<float, 3> b{4, -5, 6};
    EXPECT_EQ(distance<inner_product>(a, b), -11.0f) << "negative where vectors are long";

    metric_test::for_each_pair([](std::span<const float> x, std::span<const float> y) {
        const auto product = support::product(x, y);
        const double rounding = std::numeric_limits<float>::epsilon() * (1.0 + std::abs(product.value));
        EXPECT_NEAR(distance<inner_product>(x, y), 1.0 - product.value, product.tolerance() + rounding);
    });
}

TEST(inner_product, is_symmetric) {
    metric_test::for_each_pair([](std::span<const float> a, std::span<const float> b) {
        EXPECT_EQ(distance<inner_product>(a, b), distance<inner_product>(b, a));
    });
}

TEST(inner_product, the_longer_of_two_parallel_vectors_is_nearer) {
    const std::array<float, 2> query{1, 1};
    const std::array<float, 2> shorter{1, 1};
    const std::array<float, 2> longer{2, 2};
    EXPECT_LT(distance<inner_product>(query, longer), distance<inner_product>(query, shorter));
}

}  // namespace inner_product_test
