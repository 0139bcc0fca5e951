#include <sextant/graph/links.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace links_test {

using sextant::link_list;
using sextant::neighbor;
using sextant::no_slot;
using sextant::slot;

std::vector<slot> ids_of(const link_list& list) {
    std::vector<slot> ids;
    list.each([&](slot id) { ids.push_back(id); });
    return ids;
}

std::vector<neighbor> neighbors(const std::vector<slot>& ids) {
    std::vector<neighbor> result;
    for (const slot id : ids) result.push_back({0.0f, id});
    return result;
}

/// A list of `capacity` between two cells that nobody may touch.
class links : public testing::Test {
protected:
    static constexpr std::size_t capacity = 6;
    static constexpr std::byte guard{0xA5};

    links() {
        bytes_.fill(guard);
        list().construct();
    }

    void TearDown() override {
        for (std::size_t i = 0; i < sizeof(slot); ++i) {
            EXPECT_EQ(bytes_[i], guard);
            EXPECT_EQ(bytes_[bytes_.size() - 1 - i], guard);
        }
    }

    link_list list() { return {bytes_.data() + sizeof(slot), capacity}; }

private:
    alignas(64) std::array<std::byte, (capacity + 2) * sizeof(slot)> bytes_;
};

TEST_F(links, begin_empty) {
    EXPECT_EQ(list().size(), 0u);
    EXPECT_EQ(list().capacity(), capacity);
    EXPECT_EQ(ids_of(list()), std::vector<slot>{});
    EXPECT_FALSE(list().contains(0));
}

TEST_F(links, append_in_order_until_full) {
    std::vector<slot> expected;
    for (std::size_t i = 0; i < capacity; ++i) {
        const auto id = static_cast<slot>(100 - i);
        list().append(i, id);
        expected.push_back(id);
        EXPECT_EQ(ids_of(list()), expected);
        EXPECT_EQ(list().size(), i + 1);
        EXPECT_TRUE(list().contains(id));
    }
}

TEST_F(links, assign_replaces_all_and_ends_where_the_new_list_ends) {
    for (const std::vector<slot>& ids : {std::vector<slot>{1, 2, 3, 4, 5, 6}, {9, 8}, {}, {7, 0, 3}, {5}}) {
        list().assign(neighbors(ids));
        EXPECT_EQ(ids_of(list()), ids);
        EXPECT_EQ(list().size(), ids.size());
    }
}

TEST_F(links, append_continues_an_assigned_list) {
    list().assign(neighbors({4, 5}));
    list().append(2, 6);
    EXPECT_EQ(ids_of(list()), (std::vector<slot>{4, 5, 6}));
}

TEST_F(links, contain_what_is_before_the_end_only) {
    list().assign(neighbors({1, 2, 3, 4}));
    list().assign(neighbors({1, 2}));
    EXPECT_TRUE(list().contains(1));
    EXPECT_TRUE(list().contains(2));
    EXPECT_FALSE(list().contains(3));
    EXPECT_FALSE(list().contains(no_slot));
}

TEST_F(links, slot_zero_and_the_highest_slot_are_links_like_others) {
    list().assign(neighbors({0, static_cast<slot>(sextant::max_slots - 1)}));
    EXPECT_EQ(list().size(), 2u);
    EXPECT_TRUE(list().contains(0));
    EXPECT_TRUE(list().contains(static_cast<slot>(sextant::max_slots - 1)));
}

// A reader may see old and new mixed, but nothing that was never in the list, and never more than fits.
TEST_F(links, readers_of_a_list_being_rewritten_meet_only_ids_that_were_written) {
    std::atomic<bool> done = false;
    std::thread writer([&] {
        for (slot round = 0; round < 20'000; ++round) {
            std::vector<slot> ids;
            for (slot i = 0; i < round % (capacity + 1); ++i) ids.push_back(1000 + (round + i) % 50);
            list().assign(neighbors(ids));
        }
        done = true;
    });
    std::size_t strangers = 0;
    std::size_t longest = 0;
    while (!done) {
        const std::vector<slot> ids = ids_of(list());
        longest = std::max(longest, ids.size());
        for (const slot id : ids) strangers += id < 1000 || id >= 1050 ? 1u : 0u;
    }
    writer.join();
    EXPECT_EQ(strangers, 0u);
    EXPECT_LE(longest, capacity);
}

}  // namespace links_test
