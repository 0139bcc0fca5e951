#include <sextant/simd/extent.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"

namespace extent_test {

using sextant::simd::extent;

constexpr float largest = std::numeric_limits<float>::max();

TEST(extent, finds_the_least_and_the_greatest_wherever_they_are) {
    for (std::size_t n = 1; n <= 140; ++n) {
        std::vector<float> values = support::random_floats(n, n);
        for (std::size_t i = 0; i < n; ++i) {
            const float good = values[i];
            values[i] = -5.0f;
            ASSERT_EQ(extent(values.data(), n).first, -5.0f) << i << " of " << n;
            values[i] = 5.0f;
            ASSERT_EQ(extent(values.data(), n).second, 5.0f) << i << " of " << n;
            values[i] = good;
        }
    }
}

// Zero must not slip in where all are on one side of it.
TEST(extent, is_of_the_values_alone) {
    for (std::size_t n = 1; n <= 140; ++n) {
        for (const float value : {3.0f, -3.0f, largest, -largest, 1e-42f, -1e-42f, 0.0f}) {
            ASSERT_EQ(extent(std::vector<float>(n, value).data(), n), std::pair(value, value)) << n;
        }
    }
}

TEST(extent, reads_nothing_past_the_values) {
    const support::guarded_memory memory(4096);
    for (std::size_t n = 1; n <= 140; ++n) {
        auto* const last = reinterpret_cast<float*>(memory.last(n * sizeof(float)));
        auto* const first = reinterpret_cast<float*>(memory.first());
        for (float* const values : {last, first}) {
            for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<float>(i) + 1.0f;
            EXPECT_EQ(extent(values, n), std::pair(1.0f, static_cast<float>(n)));
        }
    }
}

}  // namespace extent_test
