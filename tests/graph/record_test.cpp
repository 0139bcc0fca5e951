#include <sextant/graph/record.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace record_test {

using sextant::record_layout;

TEST(record, holds_the_links_then_the_code_each_from_a_cache_line_on) {
    for (std::size_t degree = 2; degree <= 512; degree += degree < 20 ? 1 : 41) {
        for (const std::size_t code_bytes : {1u, 8u, 63u, 64u, 65u, 400u, 404u, 6144u, 262'144u}) {
            const record_layout layout(degree, code_bytes);
            EXPECT_GE(layout.code_offset, 2 * degree * sizeof(sextant::slot));
            EXPECT_LT(layout.code_offset, 2 * degree * sizeof(sextant::slot) + sextant::cache_line);
            EXPECT_GE(layout.stride, layout.code_offset + code_bytes);
            EXPECT_LT(layout.stride, layout.code_offset + code_bytes + sextant::cache_line);
            EXPECT_EQ(layout.code_offset % sextant::cache_line, 0u);
            EXPECT_EQ(layout.stride % sextant::cache_line, 0u);
        }
    }
}

TEST(record, wastes_nothing_at_the_usual_degree_and_dimension) {
    const record_layout layout(16, 128 * sizeof(float));
    EXPECT_EQ(layout.code_offset, 128u);
    EXPECT_EQ(layout.stride, 640u);
}

}  // namespace record_test
