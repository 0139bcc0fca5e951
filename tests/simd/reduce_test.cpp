#include "simd/architectures.hpp"

#include <sextant/simd/reduce.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/random_values.hpp"

namespace reduce_test {

namespace simd = sextant::simd;

/// A reduction of one's own, Σ |x − y|, from the words above reduce_rows: it adds nothing where both are
/// zero.
struct absolute_difference {
    template <class Batch>
    static Batch step(const Batch& sum, const Batch& x, const Batch& y) noexcept {
        return sum + xsimd::abs(x - y);
    }
};

template <std::size_t Rows, class Arch>
void expect_sums(const std::vector<float>& query, const std::array<const float*, 7>& rows) {
    std::array<float, Rows> out;
    simd::reduce_rows<absolute_difference, Rows, Arch>(query.data(), rows.data(), query.size(), out.data());
    for (std::size_t r = 0; r < Rows; ++r) {
        float expected = 0.0f;
        for (std::size_t i = 0; i < query.size(); ++i) expected += std::abs(query[i] - rows[r][i]);
        ASSERT_EQ(out[r], expected) << Arch::name() << ", dim " << query.size() << ", row " << r << " of "
                                    << Rows;
    }
}

TEST(reduce, takes_any_reduction_and_any_number_of_rows) {
    for (std::size_t dim = 1; dim <= 150; ++dim) {
        const auto query = support::random_whole_floats(dim, dim, 100);
        const auto values = support::random_whole_floats(7 * dim, dim + 1, 100);
        std::array<const float*, 7> rows;
        for (std::size_t r = 0; r < 7; ++r) rows[r] = values.data() + r * dim;
        simd_test::for_each_architecture([&]<class Arch>() {
            expect_sums<1, Arch>(query, rows);
            expect_sums<2, Arch>(query, rows);
            expect_sums<5, Arch>(query, rows);
            expect_sums<7, Arch>(query, rows);
        });
    }
}

TEST(reduce, of_no_coordinates_is_zero) {
    const float nowhere = 1.0f;
    EXPECT_EQ((simd::reduce<absolute_difference>(&nowhere, &nowhere, 0)), 0.0f);
}

}  // namespace reduce_test
