#include <sextant/parallel/fair_gate.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace fair_gate_test {

using sextant::fair_gate;

/// Shared holders overlap without a gap; whoever wants the gate alone gets it all the same, and is alone.
TEST(fair_gate, lets_the_single_holder_in_among_many_others) {
    fair_gate gate;
    std::atomic<int> inside = 0;
    std::atomic<bool> done = false;
    std::vector<std::jthread> others;
    for (int t = 0; t < 4; ++t) {
        others.emplace_back([&] {
            while (!done.load()) {
                const std::shared_lock lock(gate);
                ++inside;
                std::this_thread::yield();
                --inside;
            }
        });
    }
    for (int i = 0; i < 200; ++i) {
        const std::unique_lock lock(gate);
        ASSERT_EQ(inside.load(), 0);
    }
    done = true;
}

TEST(fair_gate, is_held_by_many_together) {
    fair_gate gate;
    const std::shared_lock first(gate);
    std::jthread([&] { const std::shared_lock second(gate); });  // returns while the first is held
}

}  // namespace fair_gate_test
