#include <sextant/parallel/epoch.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

namespace epoch_test {

using sextant::epochs;

/// A pin of another thread.
class other_pin {
public:
    other_pin() : thread_([this] {
        const epochs::pin pinned;
        pinned_.count_down();
        release_.wait();
    }) {
        pinned_.wait();
    }
    other_pin(const other_pin&) = delete;
    other_pin& operator=(const other_pin&) = delete;
    ~other_pin() {
        release_.count_down();
        thread_.join();
    }

private:
    std::latch pinned_{1};
    std::latch release_{1};
    std::thread thread_;
};

TEST(epochs, pass_where_nobody_is) { EXPECT_TRUE(epochs::passed(epochs::advance())); }

TEST(epochs, do_not_pass_while_one_is_pinned) {
    std::optional<epochs::pin> mine(std::in_place);
    const epochs::stamp before = epochs::advance();
    EXPECT_FALSE(epochs::passed(before));
    mine.reset();
    EXPECT_TRUE(epochs::passed(before));
}

TEST(epochs, wait_for_the_pins_of_other_threads) {
    std::optional<other_pin> other(std::in_place);
    const epochs::stamp before = epochs::advance();
    EXPECT_FALSE(epochs::passed(before));
    other.reset();
    EXPECT_TRUE(epochs::passed(before));
}

TEST(epochs, do_not_wait_for_later_pins) {
    const epochs::stamp before = epochs::advance();
    const epochs::pin mine;
    const other_pin other;
    EXPECT_TRUE(epochs::passed(before));
    EXPECT_FALSE(epochs::passed(epochs::advance()));
}

TEST(epochs, are_held_by_the_outermost_pin) {
    std::optional<epochs::pin> outer(std::in_place);
    const epochs::stamp before = epochs::advance();
    { const epochs::pin inner; }
    EXPECT_FALSE(epochs::passed(before)) << "the outer pin is older";
    outer.reset();
    EXPECT_TRUE(epochs::passed(before));
}

/// Pins when a thread's objects are destroyed, the first of which it is and the last to go.
struct last_to_go {
    bool& worked;
    ~last_to_go() {
        const epochs::stamp before = epochs::advance();
        {
            const epochs::pin pinned;
            worked = epochs::passed(before) && !epochs::passed(epochs::advance());
        }
        worked = worked && epochs::passed(epochs::advance());
    }
};

TEST(epochs, can_be_pinned_when_a_thread_s_other_objects_are_gone) {
    for (int i = 0; i < 3; ++i) {
        bool worked = false;
        std::thread([&] {
            thread_local const last_to_go object{worked};
            const epochs::pin pinned;
        }).join();
        EXPECT_TRUE(worked);
    }
}

TEST(epochs, pass_after_many_threads_came_and_went) {
    for (int round = 0; round < 50; ++round) {
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) threads.emplace_back([] { const epochs::pin pinned; });
        for (std::thread& thread : threads) thread.join();
    }
    EXPECT_TRUE(epochs::passed(epochs::advance()));
}

// What the graph does with slots: cells are taken out of sight and overwritten once nobody can hold them. A reader that meets
// an overwritten cell proves an epoch passed too early, and so would the thread sanitizer.
TEST(epochs, keep_what_is_read_from_being_overwritten) {
    constexpr int good = 1;
    constexpr int overwritten = 2;
    std::array<int, 2> cells{good, good};
    std::atomic<std::size_t> current = 0;
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0;
    std::vector<std::thread> readers;
    for (int t = 0; t < 3; ++t) {
        readers.emplace_back([&] {
            while (!stop.load(std::memory_order_relaxed)) {
                const epochs::pin pinned;
                const std::size_t at = current.load(std::memory_order_acquire);
                for (int i = 0; i < 20; ++i) torn += cells[at] != good ? 1 : 0;
            }
        });
    }
    for (int round = 0; round < 3000; ++round) {
        const std::size_t old = current.load(std::memory_order_relaxed);
        current.store(1 - old, std::memory_order_release);
        const epochs::stamp before = epochs::advance();
        while (!epochs::passed(before)) std::this_thread::yield();
        cells[old] = overwritten;
        cells[old] = good;
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(torn, 0);
}

}  // namespace epoch_test
