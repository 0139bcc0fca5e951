#include <sextant/memory/arena.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "memory/recording_pages.hpp"
#include "support/allocations.hpp"

namespace arena_test {

using sextant::basic_arena;
using sextant::native_pages;
using sextant::portable_pages;
using sextant::slot;

// Nodes of a graph, keys, odd sizes, records of 128, 240 and 1536 floats.
constexpr std::size_t strides[] = {8, 12, 64, 72, 640, 1088, 6272};

/// Fills a record: its slot in the first and in the last four bytes, and bytes that follow from it in
/// between.
void write_record(std::byte* record, std::size_t stride, std::size_t id) {
    const auto number = static_cast<std::uint32_t>(id);
    std::memset(record, static_cast<int>(id % 251), stride);
    std::memcpy(record, &number, sizeof(number));
    std::memcpy(record + stride - sizeof(number), &number, sizeof(number));
}

bool holds_record(const std::byte* record, std::size_t stride, std::size_t id) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, record, sizeof(first));
    std::memcpy(&last, record + stride - sizeof(last), sizeof(last));
    return first == id && last == id &&
           std::all_of(record + sizeof(first), record + stride - sizeof(last),
                       [&](std::byte b) { return b == static_cast<std::byte>(id % 251); });
}

template <class Pages>
::testing::AssertionResult holds_records(const basic_arena<Pages>& arena, std::size_t count) {
    for (std::size_t id = 0; id < count; ++id) {
        if (!holds_record(arena.at(static_cast<slot>(id)), arena.stride(), id)) {
            return ::testing::AssertionFailure()
                   << "slot " << id << " of " << count << ", stride " << arena.stride();
        }
    }
    return ::testing::AssertionSuccess();
}

template <class Pages>
class any_arena : public testing::Test {};

struct source_names {
    template <class Pages>
    static std::string GetName(int) {
        return std::same_as<Pages, portable_pages> ? "portable_pages" : "native_pages";
    }
};

using sources = testing::Types<native_pages, portable_pages>;
TYPED_TEST_SUITE(any_arena, sources, source_names);

TYPED_TEST(any_arena, is_small_and_takes_nothing_until_it_is_used) {
    static_assert(sizeof(basic_arena<TypeParam>) <= 256);
    basic_arena<TypeParam> arena(640);
    EXPECT_EQ(arena.stride(), 640u);
    EXPECT_EQ(arena.committed(), 0u);
    EXPECT_EQ(arena.bytes(), 0u);
    arena.commit(0);
    EXPECT_EQ(arena.bytes(), 0u);
}

TYPED_TEST(any_arena, addresses_never_move_and_contents_stay_while_it_grows) {
    for (const std::size_t stride : strides) {
        basic_arena<TypeParam> arena(stride);
        std::vector<const std::byte*> addresses;
        const std::size_t end = (std::size_t{3} << 20) / stride;
        for (std::size_t count = 1; count < end; count += 1 + count / 3) {
            arena.commit(count);
            ASSERT_GE(arena.committed(), count);
            for (std::size_t id = addresses.size(); id < count; ++id) {
                addresses.push_back(arena.at(static_cast<slot>(id)));
                write_record(arena.at(static_cast<slot>(id)), stride, id);
            }
            for (std::size_t id = 0; id < count; ++id)
                ASSERT_EQ(arena.at(static_cast<slot>(id)), addresses[id]);
        }
        EXPECT_TRUE(holds_records(arena, addresses.size()));
    }
}

TYPED_TEST(any_arena, every_slot_has_bytes_of_its_own) {
    for (const std::size_t stride : strides) {
        basic_arena<TypeParam> arena(stride);
        arena.commit((std::size_t{3} << 20) / stride);
        // All that is committed may be used, not only what was asked for.
        const std::size_t count = arena.committed();
        for (std::size_t id = 0; id < count; ++id) write_record(arena.at(static_cast<slot>(id)), stride, id);
        EXPECT_TRUE(holds_records(arena, count));

        std::vector<const std::byte*> addresses;
        for (std::size_t id = 0; id < count; ++id) addresses.push_back(arena.at(static_cast<slot>(id)));
        std::sort(addresses.begin(), addresses.end());
        for (std::size_t i = 1; i < count; ++i) {
            ASSERT_GE(static_cast<std::size_t>(addresses[i] - addresses[i - 1]), stride);
        }
    }
}

TYPED_TEST(any_arena, records_of_whole_cache_lines_are_aligned_to_them) {
    for (const std::size_t stride : strides) {
        basic_arena<TypeParam> arena(stride);
        arena.commit(3000);
        const std::size_t alignment = stride & (~stride + 1);  // the largest power of two in the stride
        for (slot id = 0; id < 3000; ++id) {
            const auto address = reinterpret_cast<std::uintptr_t>(arena.at(id));
            ASSERT_EQ(address % std::min(alignment, sextant::cache_line), 0u)
                << "stride " << stride << " slot " << id;
        }
    }
}

TYPED_TEST(any_arena, committing_what_is_committed_does_nothing) {
    for (const std::size_t stride : strides) {
        basic_arena<TypeParam> arena(stride);
        for (const std::size_t count : {1u, 64u, 65u, 1000u, 1001u}) {
            arena.commit(count);
            const auto committed = arena.committed();
            const auto bytes = arena.bytes();
            const std::size_t asked = support::allocations();
            arena.commit(count);
            arena.commit(committed);
            arena.commit(count / 2);
            arena.commit(0);
            EXPECT_EQ(arena.committed(), committed);
            EXPECT_EQ(arena.bytes(), bytes);
            EXPECT_EQ(support::allocations(), asked);
        }
    }
}

TYPED_TEST(any_arena, what_is_taken_covers_what_is_committed) {
    for (const std::size_t stride : strides) {
        basic_arena<TypeParam> arena(stride);
        for (std::size_t count = 1; count * stride < (std::size_t{2} << 20); count += 1 + count / 5) {
            arena.commit(count);
            ASSERT_GE(arena.bytes(), arena.committed() * stride);
            ASSERT_LT(arena.bytes(), (arena.committed() + 1) * stride) << "bytes that no slot can use";
        }
    }
}

TYPED_TEST(any_arena, readers_need_no_lock_while_it_grows) {
    constexpr std::size_t stride = 320;
    constexpr std::size_t count = 20'000;
    basic_arena<TypeParam> arena(stride);
    std::atomic<std::size_t> published = 0;
    std::atomic<std::size_t> reading = 0;
    std::atomic<std::size_t> wrong = 0;
    std::vector<std::thread> readers;
    for (std::size_t r = 0; r < 3; ++r) {
        readers.emplace_back([&, r] {
            reading.fetch_add(1);
            for (std::size_t step = r; published.load(std::memory_order_acquire) < count;) {
                const std::size_t end = published.load(std::memory_order_acquire);
                if (end == 0) continue;
                step = step * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
                const std::size_t id = (step >> 33) % end;
                std::uint64_t first = 0;
                std::uint64_t last = 0;
                const std::byte* const record = arena.at(static_cast<slot>(id));
                std::memcpy(&first, record, sizeof(first));
                std::memcpy(&last, record + stride - sizeof(last), sizeof(last));
                if (first != id || last != ~std::uint64_t{id}) wrong.fetch_add(1);
            }
        });
    }
    while (reading < readers.size()) std::this_thread::yield();
    for (std::uint64_t id = 0; id < count; ++id) {
        if (id % 512 == 0) std::this_thread::yield();  // one core alone must run readers, too
        arena.commit(id + 1);
        std::byte* const record = arena.at(static_cast<slot>(id));
        const std::uint64_t last = ~id;
        std::memcpy(record, &id, sizeof(id));
        std::memcpy(record + stride - sizeof(last), &last, sizeof(last));
        published.store(id + 1, std::memory_order_release);
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(wrong, 0u);
}

// How far an arena may run ahead of what is used: a small chunk is taken whole, so at most as much again up
// to 128 KiB, or 64 records; a larger one by the sixteenth; one of huge pages by the huge page.
TEST(arena, takes_little_more_than_is_used) {
    for (const std::size_t stride : strides) {
        const std::size_t page = native_pages::granularity();
        for (std::size_t count = 1; count * stride < (std::size_t{24} << 20); count += 1 + count / 3) {
            sextant::arena arena(stride);
            arena.commit(count);
            const std::size_t used = count * stride;
            const std::size_t small = std::max(std::min(used, std::size_t{128} << 10), 64 * stride);
            const std::size_t large = used / 16 + page;
            const std::size_t ahead =
                used < (std::size_t{8} << 20) ? std::max(small, large) : std::size_t{2} << 20;
            ASSERT_LE(arena.bytes(), used + ahead) << count << " records of " << stride;
        }
    }
}

TEST(arena, a_thousand_small_ones_stay_close_to_their_contents) {
    constexpr std::size_t stride = 640;  // 128 floats and 32 links
    constexpr std::size_t count = 1000;
    std::vector<std::unique_ptr<sextant::arena>> arenas;
    std::size_t bytes = 0;
    for (int i = 0; i < 1000; ++i) {
        arenas.push_back(std::make_unique<sextant::arena>(stride));
        for (std::size_t n = 1; n <= count; ++n) arenas.back()->commit(n);
        bytes += arenas.back()->bytes();
    }
    EXPECT_LE(bytes, arenas.size() * count * stride * 105 / 100);
}

/// A lazy page source with huge pages that are small enough for a test.
struct lazy_pages : portable_pages {
    static constexpr bool commits_lazily = true;
    static constexpr std::size_t huge = std::size_t{64} << 10;
    static constexpr std::size_t huge_from = 4 * huge;
};

template <class Pages>
class recorded_arena : public testing::Test {
protected:
    using pages = memory_test::recording_pages<Pages>;
    using arena_type = basic_arena<pages>;

    recorded_arena() { pages::now = {}; }
    ~recorded_arena() override {
        EXPECT_TRUE(pages::now.blocks.empty()) << pages::now.blocks.size() << " blocks were not given back";
        EXPECT_EQ(pages::now.mistakes, 0u);
        pages::now = {};
    }

    /// Grows an arena with `granted` limited, one record after the other. Where memory runs out, everything
    /// must be as it was, and go on once memory is back. Returns whether it ran out.
    static bool survives(std::size_t stride, std::size_t count, std::size_t& granted, std::size_t limit) {
        arena_type arena(stride);
        granted = limit;
        bool ran_out = false;
        for (std::size_t id = 0; id < count; ++id) {
            const std::size_t committed = arena.committed();
            const std::size_t bytes = arena.bytes();
            try {
                arena.commit(id + 1);
            } catch (const std::bad_alloc&) {
                ran_out = true;
                EXPECT_EQ(arena.committed(), committed);
                EXPECT_EQ(arena.bytes(), bytes);
                EXPECT_TRUE(holds_records(arena, id));
                EXPECT_THROW(arena.commit(id + 1), std::bad_alloc) << "memory is still short";
                EXPECT_THROW(arena.commit(count), std::bad_alloc);
                granted = pages::unlimited;
                arena.commit(id + 1);
            }
            write_record(arena.at(static_cast<slot>(id)), stride, id);
        }
        EXPECT_TRUE(holds_records(arena, count));
        granted = pages::unlimited;
        return ran_out;
    }
};

struct recorded_names {
    template <class Pages>
    static std::string GetName(int) {
        return std::same_as<Pages, lazy_pages> ? "lazy_pages" : source_names::GetName<Pages>(0);
    }
};

using recorded_sources = testing::Types<native_pages, portable_pages, lazy_pages>;
TYPED_TEST_SUITE(recorded_arena, recorded_sources, recorded_names);

TYPED_TEST(recorded_arena, reports_the_bytes_it_has_taken) {
    typename TestFixture::arena_type arena(6272);  // no chunk is small enough for the heap
    for (const std::size_t count : {1u, 64u, 65u, 100u, 1000u, 5000u}) {
        arena.commit(count);
        EXPECT_EQ(arena.bytes(), TestFixture::pages::now.committed()) << count << " records";
    }
}

TYPED_TEST(recorded_arena, gives_every_block_back) {
    for (const std::size_t stride : strides) {
        for (const std::size_t count : {1u, 64u, 65u, 1000u, 4000u}) {
            { typename TestFixture::arena_type(stride).commit(count); }
            ASSERT_TRUE(TestFixture::pages::now.blocks.empty());
        }
    }
}

TYPED_TEST(recorded_arena, running_out_of_blocks_changes_nothing) {
    for (const std::size_t stride : {640u, 2304u}) {
        std::size_t limit = 0;
        while (TestFixture::survives(stride, 1100, TestFixture::pages::now.reserves_granted, limit)) ++limit;
        EXPECT_GE(limit, 2u) << "the arena was to ask for more than one block";
    }
}

template <class Pages>
class lazily_recorded_arena : public recorded_arena<Pages> {
    static_assert(Pages::commits_lazily);
};

using lazy_sources = testing::Types<native_pages, lazy_pages>;
TYPED_TEST_SUITE(lazily_recorded_arena, lazy_sources, recorded_names);

TYPED_TEST(lazily_recorded_arena, running_out_of_committed_memory_changes_nothing) {
    for (const std::size_t stride : {640u, 2304u}) {
        std::size_t limit = 0;
        while (TestFixture::survives(stride, 1100, TestFixture::pages::now.commits_granted, limit))
            limit += 1 + limit / 8;
        EXPECT_GE(limit, 10u) << "the arena was to commit in many steps";
    }
}

TEST(arena, commits_huge_pages_whole_where_a_chunk_is_made_of_them) {
    constexpr std::size_t stride = 2048;
    basic_arena<lazy_pages> arena(stride);
    // Chunks hold 64, 64, 128, 256, 512 records: the third is the first of 256 KiB.
    for (std::size_t count = 1; count <= 128; ++count) arena.commit(count);
    ASSERT_EQ(arena.bytes(), 128 * stride);
    for (std::size_t count = 129; count <= 1024; ++count) {
        arena.commit(count);
        const std::size_t used = (count - 128) * stride;
        const std::size_t pages = (used + lazy_pages::huge - 1) / lazy_pages::huge;
        ASSERT_EQ(arena.bytes() - 128 * stride, pages * lazy_pages::huge) << count << " records";
    }
}

TEST(arena, keeps_what_it_has_at_every_place_where_the_system_can_refuse_memory) {
    constexpr std::size_t stride = 640;
    constexpr std::size_t before = 30;
    constexpr std::size_t after = 2000;  // two chunks from the heap, and four mapped ones of which each grows
    for (std::size_t granted = 0;; ++granted) {
        sextant::arena arena(stride);
        arena.commit(before);
        for (std::size_t id = 0; id < before; ++id) write_record(arena.at(static_cast<slot>(id)), stride, id);
        bool thrown = false;
        std::size_t count = before;
        {
            const support::memory_shortage shortage(granted);
            try {
                for (; count < after; ++count) arena.commit(count + 1);
            } catch (const std::bad_alloc&) {
                thrown = true;
            }
            ASSERT_EQ(thrown, shortage.refused());
        }
        ASSERT_TRUE(holds_records(arena, before));
        arena.commit(after);
        for (std::size_t id = before; id < after; ++id)
            write_record(arena.at(static_cast<slot>(id)), stride, id);
        ASSERT_TRUE(holds_records(arena, after));
        if (!thrown) {
            EXPECT_GE(granted, 4u) << "memory was to be asked for again and again";
            break;
        }
    }
}

/// Hands out addresses with nothing behind them, to reach sizes that no machine here has.
struct imaginary_pages {
    static constexpr bool commits_lazily = true;
    static inline std::uintptr_t next;
    static inline std::vector<std::pair<std::uintptr_t, std::size_t>> blocks;

    static std::size_t granularity() noexcept { return 4096; }
    static std::byte* reserve(std::size_t bytes) {
        blocks.emplace_back(next, bytes);
        next += bytes + 4096;
        return reinterpret_cast<std::byte*>(blocks.back().first);
    }
    static bool commit(std::byte*, std::size_t) { return true; }
    static void release(std::byte*, std::size_t) {}
};

TEST(arena, reaches_every_slot) {
    for (const std::size_t stride : {std::size_t{2048}, std::size_t{8320}, std::size_t{131'200}}) {
        imaginary_pages::next = std::uintptr_t{1} << 20;
        imaginary_pages::blocks.clear();
        basic_arena<imaginary_pages> arena(stride);
        arena.commit(sextant::max_slots);
        EXPECT_GE(arena.committed(), sextant::max_slots);
        EXPECT_GE(arena.bytes(), sextant::max_slots * stride);

        std::size_t slots = 0;
        for (const auto& [first, bytes] : imaginary_pages::blocks) {
            ASSERT_EQ(bytes % stride, 0u);
            const std::size_t records = bytes / stride;
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(arena.at(static_cast<slot>(slots))), first);
            slots += records;
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(arena.at(static_cast<slot>(slots - 1))),
                      first + bytes - stride);
        }
        EXPECT_GT(slots, sextant::max_slots);
    }
}

}  // namespace arena_test
