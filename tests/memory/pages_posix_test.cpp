#include <sextant/memory/pages.hpp>

#include <gtest/gtest.h>

#if defined(__unix__) || defined(__APPLE__)

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>

namespace pages_posix_test {

using sextant::posix_pages;

/// Pages of address space in use by this process; 0 where the system does not tell.
std::size_t mapped_pages() {
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages;
    return pages;
}

TEST(posix_pages, fresh_memory_is_zero) {
    constexpr std::size_t bytes = 1u << 20u;
    std::byte* const block = posix_pages::reserve(bytes);
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(posix_pages::commit(block, bytes));
    EXPECT_TRUE(std::all_of(block, block + bytes, [](std::byte b) { return b == std::byte{0}; }));
    posix_pages::release(block, bytes);
}

TEST(posix_pages, large_blocks_are_aligned_to_huge_pages) {
    for (const std::size_t bytes :
         {posix_pages::huge_from, posix_pages::huge_from + 1, 9 * posix_pages::huge}) {
        std::byte* const block = posix_pages::reserve(bytes);
        ASSERT_NE(block, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % posix_pages::huge, 0u);
        posix_pages::release(block, bytes);
    }
}

TEST(posix_pages, reserving_takes_no_memory) {
    constexpr std::size_t much = std::size_t{64} << 30;
    std::byte* const block = posix_pages::reserve(much);
    if (block == nullptr) GTEST_SKIP() << "this process may not reserve 64 GiB of addresses";
    ASSERT_TRUE(posix_pages::commit(block, 5000));
    std::fill_n(block, 5000, std::byte{1});
    posix_pages::release(block, much);
}

TEST(posix_pages, more_than_there_are_addresses_is_refused) {
    EXPECT_EQ(posix_pages::reserve(std::numeric_limits<std::size_t>::max() / 2), nullptr);
}

TEST(posix_pages, releasing_gives_every_address_back) {
    if (mapped_pages() == 0) GTEST_SKIP() << "this system does not tell what is mapped";
    const auto use = [](std::size_t bytes) {
        std::byte* const block = posix_pages::reserve(bytes);
        ASSERT_NE(block, nullptr);
        ASSERT_TRUE(posix_pages::commit(block, bytes / 2));
        posix_pages::release(block, bytes);
    };
    use(posix_pages::huge_from + 1);
    const std::size_t before = mapped_pages();
    for (int i = 0; i < 200; ++i) {
        use(posix_pages::huge_from + 1);
        use(300'000);
    }
    // Each leak would be a page at least; the rest is leeway for whatever else the process maps.
    EXPECT_LT(mapped_pages(), before + 200);
}

using posix_pages_death_test = testing::Test;

TEST(posix_pages_death_test, what_is_reserved_and_not_committed_cannot_be_touched) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const std::size_t page = posix_pages::granularity();
    std::byte* const block = posix_pages::reserve(3 * page);
    ASSERT_NE(block, nullptr);
    ASSERT_TRUE(posix_pages::commit(block, page + 1));
    const auto touch = [](volatile std::byte* byte) { *byte = std::byte{1}; };
    touch(block + 2 * page - 1);
    EXPECT_DEATH(touch(block + 2 * page), "");
    posix_pages::release(block, 3 * page);
}

}  // namespace pages_posix_test

#endif
