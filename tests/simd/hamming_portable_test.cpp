#include <sextant/simd/hamming_portable.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "simd/hamming_checks.hpp"

namespace hamming_portable_test {

std::uint32_t count(const std::byte* a, const std::byte* b, std::size_t bytes) {
    return sextant::simd::hamming_portable(a, b, bytes);
}

TEST(hamming_portable, agrees_with_counting_bit_by_bit) { simd_test::agrees_with_counting_bit_by_bit(count); }

TEST(hamming_portable, counts_each_bit_once) { simd_test::counts_each_bit_once(count); }

TEST(hamming_portable, counts_at_any_alignment) { simd_test::counts_at_any_alignment(count); }

TEST(hamming_portable, reads_nothing_outside) { simd_test::reads_nothing_outside(count); }

}  // namespace hamming_portable_test
