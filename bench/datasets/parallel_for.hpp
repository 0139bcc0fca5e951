#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace bench {

/// Calls body(i, thread) for each i in [0, count) from `threads` threads that take the next i as they become
/// free. The first exception stops the handing out and is rethrown once every thread has ended.
template <class Body>
void parallel_for(std::size_t count, std::size_t threads, const Body& body) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    const auto work = [&](std::size_t thread) {
        try {
            for (std::size_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
                body(i, thread);
            }
        } catch (...) {
            next.store(count, std::memory_order_relaxed);
            const std::lock_guard lock(failure_mutex);
            if (!failure) {
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t thread = 1; thread < threads; ++thread) {
            others.emplace_back(work, thread);
        }
        work(0);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace bench
