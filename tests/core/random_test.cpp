#include <sextant/core/random.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace random_test {

using sextant::draw_level;
using sextant::max_level;
using sextant::mix;

// The first two outputs of SplitMix64 seeded with 0, from its authors' reference.
static_assert(mix(0) == 0xE220'A839'7B1D'CDAFu);
static_assert(mix(0x9E37'79B9'7F4A'7C15u) == 0x6E78'9E6A'A1B9'65F4u);

TEST(mix, is_injective_on_neighbouring_values_and_flips_half_of_the_bits) {
    std::unordered_set<std::uint64_t> seen;
    int flipped = 0;
    constexpr int values = 10'000;
    for (std::uint64_t i = 0; i < values; ++i) {
        seen.insert(mix(i));
        flipped += std::popcount(mix(i) ^ mix(i + 1));
    }
    EXPECT_EQ(seen.size(), values);
    EXPECT_NEAR(flipped / static_cast<double>(values), 32.0, 0.2);
}

/// How many of the first `slots` slots are at each level or above it.
std::array<std::size_t, max_level + 2> at_or_above(std::uint64_t seed, std::uint32_t slots,
                                                   std::size_t degree) {
    std::array<std::size_t, max_level + 2> count{};
    for (std::uint32_t id = 0; id < slots; ++id) ++count.at(draw_level(seed, id, degree));
    for (std::size_t level = max_level; level-- > 0;) count[level] += count[level + 1];
    return count;
}

TEST(draw_level, each_level_holds_one_in_degree_of_the_level_below) {
    constexpr std::uint32_t slots = 400'000;
    for (const std::size_t degree : {2u, 5u, 16u, 32u, 512u}) {
        for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x5EC5'7A47}}) {
            const auto count = at_or_above(seed, slots, degree);
            for (std::size_t level = 0; level <= 5; ++level) {
                const double share = std::pow(static_cast<double>(degree), -static_cast<double>(level));
                const double deviation = std::sqrt(slots * share * (1 - share));
                EXPECT_NEAR(static_cast<double>(count[level]), slots * share, 4.5 * deviation + 1)
                    << "degree " << degree << " seed " << seed << " level " << level;
            }
        }
    }
}

TEST(draw_level, never_exceeds_the_highest_level) {
    unsigned highest = 0;
    for (std::uint32_t id = 0; id < 2'000'000; ++id) highest = std::max(highest, draw_level(3, id, 2));
    EXPECT_LE(highest, max_level);
    EXPECT_GE(highest, 15u) << "two million slots at degree 2 should reach about level 21";
    EXPECT_LE(draw_level(0, 0xFFFF'FFFFu, 2), max_level);
}

TEST(draw_level, depends_on_seed_and_slot_alone) {
    for (std::uint32_t id = 0; id < 1000; ++id) EXPECT_EQ(draw_level(7, id, 4), draw_level(7, id, 4));
}

TEST(draw_level, seeds_draw_independently) {
    constexpr std::uint32_t slots = 100'000;
    std::size_t both = 0;
    for (std::uint32_t id = 0; id < slots; ++id) both += draw_level(1, id, 4) > 0 && draw_level(2, id, 4) > 0;
    EXPECT_NEAR(static_cast<double>(both), slots / 16.0, 400);
}

// Graphs of a seed must stay the same from release to release.
TEST(draw_level, the_levels_of_the_default_seed_are_fixed) {
    std::uint64_t fingerprint = 0;
    for (std::uint32_t id = 0; id < 1000; ++id)
        fingerprint = mix(fingerprint ^ draw_level(0x5EC5'7A47, id, 16));
    EXPECT_EQ(fingerprint, 17'607'345'818'527'496'500u);
}

}  // namespace random_test
