#include <sextant/search/scratch.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace scratch_test {

using sextant::search_scratch;

TEST(search_scratch, aligns_the_query_to_a_cache_line) {
    search_scratch scratch;
    for (const std::size_t bytes : {0u, 1u, 64u, 400u, 401u, 100'000u, 10u}) {
        std::byte* const query = scratch.query.reserve(bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(query) % sextant::cache_line, 0u);
        std::memset(query, 1, bytes);  // for the address sanitizer to look at
    }
}

TEST(search_scratch, has_room_for_the_links_of_a_node) {
    search_scratch scratch;
    scratch.reserve_links(33);
    EXPECT_GE(scratch.ids.size(), 33u);
    EXPECT_GE(scratch.distances.size(), 33u);
    scratch.reserve_links(2);
    EXPECT_GE(scratch.ids.size(), 33u) << "it never gives back";
}

TEST(search_scratch, counts_all_its_memory) {
    search_scratch scratch;
    const std::size_t nothing = scratch.bytes();
    std::size_t before = nothing;
    const auto grew_by = [&](std::size_t least) {
        const std::size_t now = scratch.bytes();
        const bool grew = now >= before + least;
        before = now;
        return grew;
    };
    scratch.visited.begin(10'000);
    EXPECT_TRUE(grew_by(10'000));
    scratch.candidates.reset(100);
    EXPECT_TRUE(grew_by(800));
    scratch.results.reset(100);
    EXPECT_TRUE(grew_by(800));
    scratch.reserve_links(64);
    EXPECT_TRUE(grew_by(512));
    scratch.frontier.resize(50);
    EXPECT_TRUE(grew_by(400));
    scratch.query.reserve(4000);
    EXPECT_TRUE(grew_by(4000));
    EXPECT_EQ(nothing, 0u);
}

}  // namespace scratch_test
