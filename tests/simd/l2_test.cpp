#include "simd/kernel_checks.hpp"

#include <sextant/simd/l2.hpp>

#include <gtest/gtest.h>

namespace {

using sextant::simd::squared_difference;

TEST(squared_difference, is_exact_on_whole_numbers) {
    simd_test::is_exact_on_whole_numbers<squared_difference>(support::squared_difference);
}

TEST(squared_difference, rounds_as_little_as_a_sum_must) {
    simd_test::rounds_as_little_as_a_sum_must<squared_difference>(support::squared_difference);
}

TEST(squared_difference, works_at_any_alignment) {
    simd_test::works_at_any_alignment<squared_difference>(support::squared_difference);
}

TEST(squared_difference, touches_nothing_outside_on_guarded_pages) {
    simd_test::touches_nothing_outside_on_guarded_pages<squared_difference>(support::squared_difference);
}

TEST(squared_difference, touches_nothing_outside_on_the_heap) {
    simd_test::touches_nothing_outside_on_the_heap<squared_difference>(support::squared_difference);
}

TEST(squared_difference, loses_no_value_that_is_not_finite) {
    simd_test::loses_no_value_that_is_not_finite<squared_difference>();
}

TEST(squared_difference, operands_may_coincide) {
    simd_test::operands_may_coincide<squared_difference>(support::squared_difference);
}

}  // namespace
