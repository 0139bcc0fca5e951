#include <sextant/core/options.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <optional>

namespace options_test {

using sextant::errc;
using sextant::index_options;

constexpr std::size_t max_dim = 65'536;
constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

std::optional<errc> refusal(const index_options& options) {
    try {
        check(options, max_dim);
    } catch (const sextant::error& e) {
        return e.code();
    }
    return std::nullopt;
}

TEST(options, naming_the_dimension_is_enough) { EXPECT_EQ(refusal({.dim = 1}), std::nullopt); }

TEST(options, the_dimension_must_be_named_and_fit_the_codec) {
    EXPECT_EQ(refusal({}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 0}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = max_dim}), std::nullopt);
    EXPECT_EQ(refusal({.dim = max_dim + 1}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = huge}), errc::bad_option);
    EXPECT_NO_THROW(sextant::check({.dim = max_dim + 1}, max_dim + 1)) << "the bound is the codec's";
}

TEST(options, the_degree_is_2_to_512) {
    EXPECT_EQ(refusal({.dim = 8, .degree = 0}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 8, .degree = 1}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 8, .degree = 2}), std::nullopt);
    EXPECT_EQ(refusal({.dim = 8, .degree = 512}), std::nullopt);
    EXPECT_EQ(refusal({.dim = 8, .degree = 513}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 8, .degree = huge}), errc::bad_option);
}

TEST(options, ef_construction_is_1_to_65536) {
    EXPECT_EQ(refusal({.dim = 8, .ef_construction = 0}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 8, .ef_construction = 1}), std::nullopt);
    EXPECT_EQ(refusal({.dim = 8, .ef_construction = 65'536}), std::nullopt);
    EXPECT_EQ(refusal({.dim = 8, .ef_construction = 65'537}), errc::bad_option);
    EXPECT_EQ(refusal({.dim = 8, .ef_construction = huge}), errc::bad_option);
}

TEST(options, any_seed_will_do) {
    EXPECT_EQ(refusal({.dim = 8, .seed = 0}), std::nullopt);
    EXPECT_EQ(refusal({.dim = 8, .seed = std::numeric_limits<std::uint64_t>::max()}), std::nullopt);
}

}  // namespace options_test
