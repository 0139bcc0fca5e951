#include <sextant/parallel/spinlock.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace spinlock_test {

using sextant::spinlock;

TEST(spinlock, lets_one_thread_in_at_a_time) {
    constexpr int threads = 3;
    constexpr int rounds = 100'000;
    spinlock lock;
    int counter = 0;  // not atomic: the lock alone guards it
    std::atomic<int> ready = 0;
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
        workers.emplace_back([&] {
            ++ready;
            while (ready < threads) std::this_thread::yield();
            for (int i = 0; i < rounds; ++i) {
                const std::scoped_lock guard(lock);
                ++counter;
            }
        });
    }
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(counter, threads * rounds);
}

TEST(spinlock, try_lock_takes_only_what_is_free) {
    spinlock lock;
    EXPECT_TRUE(lock.try_lock());
    EXPECT_FALSE(lock.try_lock());
    std::thread([&] { EXPECT_FALSE(lock.try_lock()); }).join();
    lock.unlock();
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
}

TEST(spinlock, a_waiting_thread_gets_in_when_the_owner_leaves) {
    spinlock lock;
    std::atomic<bool> inside = false;
    lock.lock();
    std::thread waiting([&] {
        const std::scoped_lock guard(lock);
        inside = true;
    });
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();  // long enough for it to stop spinning
    EXPECT_FALSE(inside);
    lock.unlock();
    waiting.join();
    EXPECT_TRUE(inside);
}

TEST(spinlock, two_are_taken_without_deadlock) {
    spinlock first;
    spinlock second;
    int counter = 0;
    const auto work = [&](spinlock& a, spinlock& b) {
        for (int i = 0; i < 5000; ++i) {
            const std::scoped_lock guard(a, b);
            ++counter;
        }
    };
    std::thread other([&] { work(second, first); });
    work(first, second);
    other.join();
    EXPECT_EQ(counter, 10'000);
}

}  // namespace spinlock_test
