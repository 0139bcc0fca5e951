#pragma once

#include <gtest/gtest.h>

#include <barrier>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace support {

/// Runs `work(i)` on `count` threads that begin together. What a thread throws is a failure of the test.
template <class Work>
void run_threads(std::size_t count, Work&& work) {
    std::barrier start(static_cast<std::ptrdiff_t>(count));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            try {
                work(i);
            } catch (const std::exception& e) {
                ADD_FAILURE() << "thread " << i << " threw " << e.what();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace support
