#include "simd/kernel_checks.hpp"

#include <sextant/simd/dot.hpp>

#include <gtest/gtest.h>

namespace {

using sextant::simd::product;

TEST(product, is_exact_on_whole_numbers) { simd_test::is_exact_on_whole_numbers<product>(support::product); }

TEST(product, rounds_as_little_as_a_sum_must) {
    simd_test::rounds_as_little_as_a_sum_must<product>(support::product);
}

TEST(product, works_at_any_alignment) { simd_test::works_at_any_alignment<product>(support::product); }

TEST(product, touches_nothing_outside_on_guarded_pages) {
    simd_test::touches_nothing_outside_on_guarded_pages<product>(support::product);
}

TEST(product, touches_nothing_outside_on_the_heap) {
    simd_test::touches_nothing_outside_on_the_heap<product>(support::product);
}

TEST(product, loses_no_value_that_is_not_finite) { simd_test::loses_no_value_that_is_not_finite<product>(); }

TEST(product, operands_may_coincide) { simd_test::operands_may_coincide<product>(support::product); }

}  // namespace
