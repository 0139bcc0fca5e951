// What every page source must do, run over each of them.
#include <sextant/memory/pages.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/allocations.hpp"

namespace pages_test {

using sextant::native_pages;
using sextant::portable_pages;

// Around a cache line, a page, the arena's smallest mapping, and where huge pages begin.
const std::vector<std::size_t> sizes{1,     63,     64,     65,      4095,    4096,    4097,   65536,
                                     65537, 131072, 300000, 2097152, 8388607, 8388608, 8388609};

template <class Pages>
class pages : public testing::Test {};

struct source_names {
    template <class Pages>
    static std::string GetName(int) {
        return std::same_as<Pages, portable_pages> ? "portable" : "posix";
    }
};

#if defined(__unix__) || defined(__APPLE__)
using sources = testing::Types<portable_pages, sextant::posix_pages>;
static_assert(std::same_as<native_pages, sextant::posix_pages>);
#else
using sources = testing::Types<portable_pages>;
static_assert(std::same_as<native_pages, portable_pages>);
#endif
TYPED_TEST_SUITE(pages, sources, source_names);

TYPED_TEST(pages, blocks_are_aligned_to_cache_lines) {
    for (const std::size_t bytes : sizes) {
        std::byte* const block = TypeParam::reserve(bytes);
        ASSERT_NE(block, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % sextant::cache_line, 0u) << bytes << " bytes";
        TypeParam::release(block, bytes);
    }
}

TYPED_TEST(pages, a_committed_block_holds_what_is_written_to_its_last_byte) {
    for (const std::size_t bytes : sizes) {
        std::byte* const block = TypeParam::reserve(bytes);
        ASSERT_NE(block, nullptr);
        ASSERT_TRUE(TypeParam::commit(block, bytes));
        std::fill_n(block, bytes, std::byte{0xA5});
        EXPECT_EQ(std::count(block, block + bytes, std::byte{0xA5}), static_cast<std::ptrdiff_t>(bytes));
        TypeParam::release(block, bytes);
    }
}

TYPED_TEST(pages, committing_more_keeps_what_is_there) {
    constexpr std::size_t bytes = 1u << 20u;
    std::byte* const block = TypeParam::reserve(bytes);
    ASSERT_NE(block, nullptr);
    for (std::size_t used = 1000; used <= bytes; used = used * 2 + 1) {
        ASSERT_TRUE(TypeParam::commit(block, used));
        ASSERT_TRUE(TypeParam::commit(block, used)) << "once more";
        block[used - 1] = static_cast<std::byte>(used % 251);
        for (std::size_t past = 1000; past <= used; past = past * 2 + 1) {
            ASSERT_EQ(block[past - 1], static_cast<std::byte>(past % 251)) << used << " committed";
        }
    }
    TypeParam::release(block, bytes);
}

TYPED_TEST(pages, blocks_share_nothing) {
    std::vector<std::byte*> blocks;
    for (const std::size_t bytes : sizes) {
        std::byte* const block = blocks.emplace_back(TypeParam::reserve(bytes));
        ASSERT_NE(block, nullptr);
        ASSERT_TRUE(TypeParam::commit(block, bytes));
        std::fill_n(block, bytes, static_cast<std::byte>(blocks.size()));
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto mark = static_cast<std::byte>(i + 1);
        EXPECT_EQ(std::count(blocks[i], blocks[i] + sizes[i], mark), static_cast<std::ptrdiff_t>(sizes[i]));
        TypeParam::release(blocks[i], sizes[i]);
    }
}

TYPED_TEST(pages, the_unit_of_commitment_is_a_power_of_two_of_cache_lines) {
    EXPECT_TRUE(std::has_single_bit(TypeParam::granularity()));
    EXPECT_EQ(TypeParam::granularity() % sextant::cache_line, 0u);
}

TYPED_TEST(pages, short_memory_is_told_and_not_thrown) {
    static_assert(noexcept(TypeParam::reserve(1)));
    static_assert(noexcept(TypeParam::commit(nullptr, 1)));
    if (!TypeParam::commits_lazily && !support::operator_new_is_watched())
        GTEST_SKIP() << "operator new is not watched";
    constexpr std::size_t bytes = 100'000;
    std::byte* block = TypeParam::reserve(bytes);
    ASSERT_NE(block, nullptr);
    bool committed = true;
    std::byte* second = block;
    {
        const support::memory_shortage shortage(0);
        if (TypeParam::commits_lazily) {
            committed = TypeParam::commit(block, bytes);
        } else {
            second = TypeParam::reserve(bytes);
        }
    }
    EXPECT_TRUE(TypeParam::commits_lazily ? !committed : second == nullptr);
    EXPECT_TRUE(TypeParam::commit(block, bytes)) << "memory is back";
    std::fill_n(block, bytes, std::byte{1});
    TypeParam::release(block, bytes);
}

}  // namespace pages_test
