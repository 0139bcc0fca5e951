#pragma once

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <vector>

namespace support {

/// Runs the tasks from the last to the first.
struct backward_executor {
    std::size_t concurrency() const { return 5; }

    template <class F>
    void run(std::size_t tasks, F&& f) const {
        while (tasks-- > 0) f(tasks);
    }
};

/// Starts a thread for every task, and says that two run at once.
struct thread_per_task {
    std::size_t concurrency() const { return 2; }

    template <class F>
    void run(std::size_t tasks, F&& f) const {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < tasks; ++i) threads.emplace_back([&f, i] { f(i); });
        for (std::thread& thread : threads) thread.join();
    }
};

/// Throws in its run() with number `fatal_run`, counted from 0, when `tasks_before` tasks are done.
class failing_executor {
public:
    explicit failing_executor(std::size_t fatal_run, std::size_t tasks_before = 0)
        : fatal_run_(fatal_run), tasks_before_(tasks_before) {}

    std::size_t concurrency() const { return 2; }

    template <class F>
    void run(std::size_t tasks, F&& f) {
        const bool fatal = runs_++ == fatal_run_;
        for (std::size_t i = 0; i < tasks; ++i) {
            if (fatal && i == tasks_before_) throw std::runtime_error("an executor that fails");
            f(i);
        }
        if (fatal) throw std::runtime_error("an executor that fails in the end");
    }

    bool failed() const { return runs_ > fatal_run_; }

private:
    std::size_t fatal_run_;
    std::size_t tasks_before_;
    std::size_t runs_ = 0;
};

}  // namespace support
