#include <sextant/core/types.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace types_test {

using sextant::hit;
using sextant::neighbor;
using sextant::round_up;

TEST(hit, unpacks_into_key_and_distance) {
    const hit<std::string> nearest{"violin", 0.25f};
    const auto [key, distance] = nearest;
    EXPECT_EQ(key, "violin");
    EXPECT_EQ(distance, 0.25f);
    EXPECT_EQ(nearest, (hit<std::string>{"violin", 0.25f}));
    EXPECT_NE(nearest, (hit<std::string>{"violin", 0.5f}));
    EXPECT_NE(nearest, (hit<std::string>{"piano", 0.25f}));
}

TEST(neighbor, sorts_by_distance_and_breaks_ties_by_slot) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<neighbor> some{{2.0f, 1}, {-1.0f, 9}, {infinity, 0}, {2.0f, 0}, {0.0f, 5}};
    std::sort(some.begin(), some.end());
    EXPECT_EQ(some, (std::vector<neighbor>{{-1.0f, 9}, {0.0f, 5}, {2.0f, 0}, {2.0f, 1}, {infinity, 0}}));
    EXPECT_FALSE((neighbor{2.0f, 1} < neighbor{2.0f, 1}));
    EXPECT_FALSE((neighbor{0.0f, 1} < neighbor{-0.0f, 1})) << "zeros of either sign are equal";
}

TEST(slot, the_mark_for_none_is_no_slot) { static_assert(sextant::no_slot > sextant::max_slots); }

TEST(round_up, gives_the_next_multiple) {
    static_assert(round_up(0, 64) == 0);
    static_assert(round_up(1, 64) == 64);
    static_assert(round_up(64, 64) == 64);
    static_assert(round_up(65, 64) == 128);
    static_assert(round_up(7, 1) == 7);
}

}  // namespace types_test
