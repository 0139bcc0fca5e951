#include <sextant/simd/hamming_avx512.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "simd/hamming_checks.hpp"

#if defined(__AVX512VPOPCNTDQ__) && defined(__AVX512BW__)

namespace hamming_avx512_test {

std::uint32_t count(const std::byte* a, const std::byte* b, std::size_t bytes) {
    return sextant::simd::hamming_avx512(a, b, bytes);
}

TEST(hamming_avx512, agrees_with_counting_bit_by_bit) { simd_test::agrees_with_counting_bit_by_bit(count); }

TEST(hamming_avx512, counts_each_bit_once) { simd_test::counts_each_bit_once(count); }

TEST(hamming_avx512, counts_at_any_alignment) { simd_test::counts_at_any_alignment(count); }

TEST(hamming_avx512, reads_nothing_outside) { simd_test::reads_nothing_outside(count); }

}  // namespace hamming_avx512_test

#else

TEST(hamming_avx512, is_tested) { GTEST_SKIP() << "this program is not compiled for AVX512-VPOPCNTDQ"; }

#endif
