#include "simd/kernel_checks.hpp"

#include <sextant/simd/l2.hpp>

#include <gtest/gtest.h>

namespace l2_test {

using sextant::simd::squared_difference;

template <class Stored>
class squared_difference_of : public testing::Test {};

TYPED_TEST_SUITE(squared_difference_of, simd_test::row_types, simd_test::row_type_names);

TYPED_TEST(squared_difference_of, is_exact_on_whole_numbers) {
    simd_test::is_exact_on_whole_numbers<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, rounds_as_little_as_a_sum_must) {
    simd_test::rounds_as_little_as_a_sum_must<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, works_at_any_alignment) {
    simd_test::works_at_any_alignment<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, touches_nothing_outside_on_guarded_pages) {
    simd_test::touches_nothing_outside_on_guarded_pages<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, touches_nothing_outside_on_the_heap) {
    simd_test::touches_nothing_outside_on_the_heap<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, loses_no_value_that_is_not_finite) {
    simd_test::loses_no_value_that_is_not_finite<squared_difference, TypeParam>();
}

TYPED_TEST(squared_difference_of, does_not_depend_on_how_many_rows_there_are) {
    simd_test::does_not_depend_on_how_many_rows_there_are<squared_difference, TypeParam>();
}

TYPED_TEST(squared_difference_of, rows_may_coincide) {
    simd_test::rows_may_coincide<squared_difference, TypeParam>(support::squared_difference);
}

TYPED_TEST(squared_difference_of, the_query_may_be_a_row) {
    simd_test::the_query_may_be_a_row<squared_difference, TypeParam>(support::squared_difference);
}

}  // namespace l2_test
