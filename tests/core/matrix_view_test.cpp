#include <sextant/core/matrix_view.hpp>

#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace matrix_view_test {

using sextant::errc;
using sextant::matrix_view;
using sextant::rows;

TEST(matrix_view, an_empty_one_has_no_rows) {
    constexpr matrix_view<float> nothing;
    EXPECT_EQ(nothing.rows(), 0u);
    EXPECT_EQ(nothing.dim(), 0u);
    EXPECT_EQ(nothing.data(), nullptr);
}

TEST(matrix_view, rows_lie_one_after_the_other_in_the_caller_s_memory) {
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    const auto view = rows(values, 3);
    ASSERT_EQ(view.rows(), 2u);
    ASSERT_EQ(view.dim(), 3u);
    EXPECT_EQ(view.data(), values.data());
    EXPECT_EQ(view[0].data(), values.data());
    EXPECT_EQ(view[1].data(), values.data() + 3);
    EXPECT_EQ(view[1].size(), 3u);
    EXPECT_EQ(view[1][2], 6.0f);
}

TEST(matrix_view, any_contiguous_range_will_do) {
    std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
    static_assert(std::same_as<decltype(rows(bytes, 2)), matrix_view<std::uint8_t>>);
    EXPECT_EQ(rows(bytes, 2)[1][0], 3);

    const float plain[] = {1, 2, 3};
    EXPECT_EQ(rows(plain, 1).rows(), 3u);

    const std::span<const float> part = std::span(plain).first(2);
    static_assert(std::same_as<decltype(rows(part, 2)), matrix_view<float>>);
    EXPECT_EQ(rows(part, 2).rows(), 1u);
}

TEST(matrix_view, no_values_are_no_rows) {
    const std::vector<float> nothing;
    EXPECT_EQ(rows(nothing, 7).rows(), 0u);
    EXPECT_EQ(rows(nothing, 7).dim(), 7u);
}

TEST(matrix_view, is_made_from_a_pointer_and_a_count) {
    std::vector<float> values(6);
    static_assert(std::same_as<decltype(rows(values.data(), 3, 2)), matrix_view<float>>);
    const auto view = rows(values.data(), 3, 2);
    EXPECT_EQ(view.rows(), 3u);
    EXPECT_EQ(view[2].data(), values.data() + 4);
    EXPECT_EQ(rows(std::as_const(values).data(), 2, 3)[1].data(), values.data() + 3);
}

TEST(matrix_view, values_that_do_not_fill_whole_rows_are_refused) {
    const std::vector<float> values(7);
    for (const std::size_t dim : {0u, 2u, 3u, 6u, 8u}) {
        try {
            rows(values, dim);
            ADD_FAILURE() << "7 values taken as rows of " << dim;
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), errc::dimension_mismatch);
        }
    }
    EXPECT_NO_THROW(rows(values, 7));
    EXPECT_NO_THROW(rows(values, 1));
}

}  // namespace matrix_view_test
