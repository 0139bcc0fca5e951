#include <sextant/simd/packed_dot.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simd/packed_dot_checks.hpp"

namespace packed_dot_test {

namespace simd = sextant::simd;

/// Checks every form with intrinsics that this program is compiled for, and the one that is chosen.
template <class Check>
void for_each_form(Check&& check) {
#if defined(__AVX2__)
    {
        SCOPED_TRACE("avx2");
        check.template operator()<simd::packed_dot_avx2>();
    }
#endif
#if defined(__AVX512F__) && defined(__AVX512BW__)
    {
        SCOPED_TRACE("avx512bw");
        check.template operator()<simd::packed_dot_avx512bw>();
    }
#endif
    SCOPED_TRACE("the native form");
    check.template operator()<simd::packed_dot_native>();
}

TEST(packed_dot, is_exact) {
    for_each_form([]<class Form>() { simd_test::is_exact<Form>(); });
}

TEST(packed_dot, does_not_overflow) {
    for_each_form([]<class Form>() { simd_test::does_not_overflow<Form>(); });
}

TEST(packed_dot, works_at_any_alignment) {
    for_each_form([]<class Form>() { simd_test::works_at_any_alignment<Form>(); });
}

TEST(packed_dot, reads_nothing_outside) {
    for_each_form([]<class Form>() { simd_test::reads_nothing_outside<Form>(); });
}

TEST(packed_dot, takes_the_native_form_or_an_architecture) {
    const std::vector<std::int8_t> query(16, 3);
    const std::vector<std::byte> code(16, std::byte{200});
    const std::byte* const row = code.data();
    std::int32_t out = 0;
    simd::dot_packed<8>(query.data(), &row, 1, 16, &out);
    EXPECT_EQ(out, 16 * 3 * 200);
#if defined(__x86_64__)
    out = 0;
    simd::dot_packed<8, xsimd::sse2>(query.data(), &row, 1, 16, &out);
    EXPECT_EQ(out, 16 * 3 * 200);
#endif
}

}  // namespace packed_dot_test
