#include <sextant/simd/hamming.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "simd/hamming_checks.hpp"

namespace hamming_test {

std::uint32_t count(const std::byte* a, const std::byte* b, std::size_t bytes) {
    return sextant::simd::hamming(a, b, bytes);
}

TEST(hamming, agrees_with_counting_bit_by_bit) { simd_test::agrees_with_counting_bit_by_bit(count); }

TEST(hamming, counts_each_bit_once) { simd_test::counts_each_bit_once(count); }

TEST(hamming, counts_at_any_alignment) { simd_test::counts_at_any_alignment(count); }

TEST(hamming, reads_nothing_outside) { simd_test::reads_nothing_outside(count); }

}  // namespace hamming_test
