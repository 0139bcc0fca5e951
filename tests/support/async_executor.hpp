#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <vector>

namespace support {

/// A program's own pool, written from the words above the concept `executor` and nothing else.
class async_executor {
public:
    std::size_t concurrency() const { return 3; }

    template <class F>
    void run(std::size_t tasks, F&& f) {
        std::atomic<std::size_t> next = 0;
        const auto work = [&] {
            for (std::size_t i; (i = next++) < tasks;) f(i);
        };
        std::vector<std::future<void>> helpers;
        for (int i = 0; i < 2; ++i) helpers.push_back(std::async(std::launch::async, work));
        work();
        for (auto& helper : helpers) helper.get();
    }
};

}  // namespace support
