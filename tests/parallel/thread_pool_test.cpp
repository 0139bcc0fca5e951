// What thread_pool promises beyond the words of `executor` (executor_test.cpp).
#include <sextant/parallel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include "support/allocations.hpp"

namespace thread_pool_test {

using namespace std::chrono_literals;
using sextant::thread_pool;

/// Waits until `reached` is true, or so long that it never will be.
template <class Condition>
bool wait_for(Condition reached) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!reached()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Ends the program if what its scope does never returns, as when nobody wakes a thread that sleeps.
class watchdog {
public:
    watchdog() : thread_([this] { watch(); }) {}
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    ~watchdog() {
        {
            const std::scoped_lock lock(mutex_);
            over_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

private:
    void watch() {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, 60s, [&] { return over_; })) return;
        std::fputs("FAILED: a thread was never woken\n", stderr);
        std::_Exit(1);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

TEST(thread_pool, has_1_to_4096_threads) {
    for (const std::size_t threads :
         {std::size_t{0}, std::size_t{4097}, std::numeric_limits<std::size_t>::max()}) {
        try {
            const thread_pool pool(threads);
            ADD_FAILURE() << threads << " threads were accepted";
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), sextant::errc::bad_option);
        }
    }
    EXPECT_EQ(thread_pool(1).concurrency(), 1u);
    EXPECT_EQ(thread_pool(3).concurrency(), 3u);
    EXPECT_GE(thread_pool().concurrency(), 1u);
}

TEST(thread_pool, as_many_tasks_as_it_has_threads_run_at_once) {
    const watchdog dog;
    for (const std::size_t threads : {1u, 2u, 8u}) {
        thread_pool pool(threads);
        for (int round = 0; round < 3; ++round) {
            std::this_thread::sleep_for(5ms);  // so that the workers sleep, too, and must be woken
            std::atomic<std::size_t> begun = 0;
            std::atomic<bool> met = true;
            pool.run(threads, [&](std::size_t) {
                ++begun;
                if (!wait_for([&] { return begun == threads; })) met = false;
            });
            ASSERT_TRUE(met) << threads << " threads";
        }
    }
}

TEST(thread_pool, a_caller_that_is_done_first_sleeps_until_its_last_helper_is) {
    const watchdog dog;
    thread_pool pool(3);
    for (int round = 0; round < 3; ++round) {
        std::atomic<int> begun = 0;
        std::atomic<int> done = 0;
        pool.run(3, [&, caller = std::this_thread::get_id()](std::size_t) {
            ++begun;
            wait_for([&] { return begun == 3; });
            if (std::this_thread::get_id() != caller) std::this_thread::sleep_for(5ms);
            ++done;
        });
        ASSERT_EQ(done, 3);
    }
}

TEST(thread_pool, one_thread_is_the_caller_s) {
    thread_pool pool(1);
    pool.run(10, [caller = std::this_thread::get_id()](std::size_t) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
    });
}

TEST(thread_pool, a_caller_finishes_although_every_worker_is_held_up) {
    thread_pool pool(2);
    std::atomic<int> held = 0;
    std::atomic<bool> let_go = false;
    std::thread holder([&] {
        pool.run(2, [&](std::size_t) {
            ++held;
            wait_for([&] { return let_go.load(); });
        });
    });
    ASSERT_TRUE(wait_for([&] { return held == 2; }));
    int calls = 0;
    pool.run(50, [&](std::size_t) { ++calls; });
    EXPECT_EQ(calls, 50) << "and all of them on this thread";
    EXPECT_FALSE(let_go);
    let_go = true;
    holder.join();
}

TEST(thread_pool, a_run_does_not_wait_for_other_runs) {
    thread_pool pool(4);
    std::atomic<bool> let_go = false;
    std::atomic<bool> held = false;
    std::thread holder([&] {
        pool.run(2, [&](std::size_t i) {
            if (i == 0) {
                held = true;
                wait_for([&] { return let_go.load(); });
            }
        });
    });
    ASSERT_TRUE(wait_for([&] { return held.load(); }));
    for (int round = 0; round < 100; ++round) pool.run(8, [](std::size_t) {});
    let_go = true;
    holder.join();
}

TEST(thread_pool, ends_whether_it_worked_or_not) {
    const watchdog dog;
    for (int round = 0; round < 50; ++round) {
        { const thread_pool idle(3); }
        {
            const thread_pool asleep(3);
            std::this_thread::sleep_for(1ms);
        }
        thread_pool pool(3);
        pool.run(5, [](std::size_t) {});
    }
}

TEST(thread_pool, too_little_memory_to_start_is_bad_alloc_and_ends_the_threads_that_had_begun) {
    if (!support::operator_new_is_watched()) GTEST_SKIP() << "operator new is not watched";
    std::size_t granted = 0;
    for (bool started = false; !started; ++granted) {
        std::unique_ptr<thread_pool> pool;
        bool refused = false;
        {
            const support::memory_shortage shortage(granted);
            try {
                pool = std::make_unique<thread_pool>(6);
            } catch (const std::bad_alloc&) {
            }
            refused = shortage.refused();
        }
        started = pool != nullptr;
        ASSERT_NE(started, refused);
    }
    EXPECT_GE(granted, 6u);
}

}  // namespace thread_pool_test
