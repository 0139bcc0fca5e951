#include <sextant/metric/hamming.hpp>

#include <gtest/gtest.h>

#include <sextant/metric/metric.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

namespace hamming_test {

// It compares bits and not coordinates, so it must not pass for a metric that the float codecs can use.
static_assert(!sextant::reducing_metric<sextant::hamming>);
static_assert(std::is_empty_v<sextant::hamming>);

TEST(hamming_metric, comes_with_the_kernel_that_counts_different_bits) {
    const std::array<std::byte, 3> a{std::byte{0b1010'1010}, std::byte{0xFF}, std::byte{0}};
    const std::array<std::byte, 3> b{std::byte{0b0101'0101}, std::byte{0xFE}, std::byte{0}};
    EXPECT_EQ(sextant::simd::hamming(a.data(), b.data(), 3), 9u);
}

}  // namespace hamming_test
