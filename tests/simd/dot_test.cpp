#include "simd/kernel_checks.hpp"

#include <sextant/simd/dot.hpp>

#include <gtest/gtest.h>

namespace dot_test {

using sextant::simd::product;

template <class Stored>
class product_of : public testing::Test {};

TYPED_TEST_SUITE(product_of, simd_test::row_types, simd_test::row_type_names);

TYPED_TEST(product_of, is_exact_on_whole_numbers) {
    simd_test::is_exact_on_whole_numbers<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, rounds_as_little_as_a_sum_must) {
    simd_test::rounds_as_little_as_a_sum_must<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, works_at_any_alignment) {
    simd_test::works_at_any_alignment<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, touches_nothing_outside_on_guarded_pages) {
    simd_test::touches_nothing_outside_on_guarded_pages<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, touches_nothing_outside_on_the_heap) {
    simd_test::touches_nothing_outside_on_the_heap<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, loses_no_value_that_is_not_finite) {
    simd_test::loses_no_value_that_is_not_finite<product, TypeParam>();
}

TYPED_TEST(product_of, does_not_depend_on_how_many_rows_there_are) {
    simd_test::does_not_depend_on_how_many_rows_there_are<product, TypeParam>();
}

TYPED_TEST(product_of, rows_may_coincide) {
    simd_test::rows_may_coincide<product, TypeParam>(support::product);
}

TYPED_TEST(product_of, the_query_may_be_a_row) {
    simd_test::the_query_may_be_a_row<product, TypeParam>(support::product);
}

}  // namespace dot_test
