#include <sextant/graph/prefetch.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace prefetch_test {

using sextant::default_prefetch;
using sextant::lines_of;

TEST(default_prefetch, is_as_far_ahead_on_every_machine) {
    EXPECT_EQ(default_prefetch(0).ahead, 16u);
    EXPECT_EQ(default_prefetch(512).ahead, 16u);
    EXPECT_EQ(default_prefetch(6144).ahead, 10u);
    EXPECT_EQ(default_prefetch(1 << 20).ahead, 4u);
}

TEST(default_prefetch, asks_for_whole_codes_or_for_the_beginning_of_long_ones) {
    for (std::size_t bytes = 1; bytes <= 65'536; bytes += 63) {
        const auto lines = default_prefetch(bytes).lines;
        if (bytes <= 2048 || !sextant::runs_on_intel()) {
            EXPECT_EQ(lines, lines_of(bytes));
        } else {
            EXPECT_GE(lines, 1u);
            EXPECT_LT(lines, lines_of(bytes));
        }
    }
}

}  // namespace prefetch_test
