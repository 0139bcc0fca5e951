#include <sextant/search/visited.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>

namespace visited_test {

using sextant::slot;
using sextant::visited_set;

constexpr std::size_t few = 3000;
constexpr std::size_t many = visited_set::dense_limit + 1;  // too many for a mark per slot

/// One search over `slots` slots that meets `count` of them at random.
void run_against_set(visited_set& tested, std::size_t slots, std::size_t count, std::mt19937_64& random) {
    tested.begin(slots);
    std::set<slot> expected;
    for (std::size_t i = 0; i < count; ++i) {
        const auto id = static_cast<slot>(random() % slots);
        ASSERT_EQ(tested.insert(id), expected.insert(id).second) << id;
    }
    for (const slot id : expected) ASSERT_FALSE(tested.insert(id));
}

TEST(visited_set, agrees_with_a_set) {
    for (const std::size_t slots : {std::size_t{1}, std::size_t{70}, few, many, std::size_t{1} << 31}) {
        SCOPED_TRACE(slots);
        visited_set tested;
        std::mt19937_64 random(slots);
        for (int search = 0; search < 20; ++search) {
            ASSERT_NO_FATAL_FAILURE(run_against_set(tested, slots, random() % 3000, random));
        }
    }
}

// A mark has eight bits, so that old ones look like new ones after 255 searches if nobody clears them.
TEST(visited_set, forgets_what_earlier_searches_met) {
    for (const std::size_t slots : {few, many}) {
        SCOPED_TRACE(slots);
        visited_set tested;
        for (int search = 0; search < 1100; ++search) {
            tested.begin(slots);
            // A slot that every search meets, one that only this one does, and one that comes back after 255 or 256.
            const auto own = static_cast<slot>(search);
            ASSERT_TRUE(tested.insert(2999)) << search;
            ASSERT_TRUE(tested.insert(own)) << search;
            if (search >= 256) {
                ASSERT_TRUE(tested.insert(own - 255)) << search;
                ASSERT_TRUE(tested.insert(own - 256)) << search;
            }
            ASSERT_FALSE(tested.insert(own)) << search;
            ASSERT_FALSE(tested.insert(2999)) << search;
        }
    }
}

TEST(visited_set, forgets_a_slot_that_nobody_asked_about_for_any_number_of_searches) {
    for (const std::size_t slots : {few, many}) {
        for (int pause = 1; pause <= 600; ++pause) {
            visited_set tested;
            tested.begin(slots);
            tested.insert(7);
            for (int search = 0; search < pause; ++search) tested.begin(slots);
            ASSERT_TRUE(tested.insert(7)) << "after " << pause << " searches over " << slots;
        }
    }
}

TEST(visited_set, takes_indexes_of_any_size_by_turns) {
    visited_set tested;
    std::mt19937_64 random(8);
    const std::size_t sizes[] = {100, many, 5000, 10, 2 * many, 100'000, 100, many};
    for (int round = 0; round < 40; ++round) {
        for (const std::size_t slots : sizes) {
            ASSERT_NO_FATAL_FAILURE(run_against_set(tested, slots, random() % 500, random));
        }
    }
}

TEST(visited_set, grows_within_a_search) {
    visited_set tested;
    std::mt19937_64 random(9);
    for (int search = 0; search < 3; ++search) {
        ASSERT_NO_FATAL_FAILURE(run_against_set(tested, std::size_t{1} << 31, 100'000, random));
    }
}

// A search need not see what is inserted while it runs, and must not write past its marks.
TEST(visited_set, counts_slots_far_beyond_its_begin_as_met) {
    visited_set tested;
    tested.begin(100);
    EXPECT_TRUE(tested.insert(99));
    EXPECT_FALSE(tested.insert(1'000'000));
    EXPECT_FALSE(tested.insert(static_cast<slot>(sextant::max_slots - 1)));
    tested.begin(1'000'001);
    EXPECT_TRUE(tested.insert(1'000'000));
}

TEST(visited_set, needs_memory_for_the_slots_or_for_the_search_whichever_is_less) {
    visited_set dense;
    dense.begin(100'000);
    EXPECT_GE(dense.bytes(), 100'000u);
    EXPECT_LE(dense.bytes(), 200'000u);
    visited_set sparse;
    sparse.begin(std::size_t{1} << 31);
    EXPECT_LE(sparse.bytes(), 100'000u);
}

}  // namespace visited_test
