#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "../core/error.hpp"
#include "../core/function_ref.hpp"
#include "executor.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A fixed set of threads that meets `executor`. The thread that calls run() works too, so `thread_pool(n)` starts n - 1.
/// run() may be called from several threads at once, and from inside a task: a caller never waits for a task that has
/// not begun, because it would begin it itself.
class thread_pool {
public:
    /// `threads` is the number that work at once, the caller included. Throws errc::bad_option for 0 or more than 4,096.
    explicit thread_pool(std::size_t threads = std::max(1u, std::thread::hardware_concurrency())) {
        if (threads == 0 || threads > 4096) raise(errc::bad_option, "a thread_pool has 1 to 4,096 threads");
        workers_.reserve(threads - 1);
        SEXTANT_TRY {
            for (std::size_t i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
        }
        SEXTANT_CATCH_ALL {
            stop();
            SEXTANT_RETHROW;
        }
    }

    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    ~thread_pool() { stop(); }

    std::size_t concurrency() const noexcept { return workers_.size() + 1; }

    void run(std::size_t tasks, function_ref<void(std::size_t)> f) {
        if (tasks == 0) return;
        job current{f, tasks};
        if (tasks > 1 && !workers_.empty()) {
            {
                const std::scoped_lock lock(mutex_);
                current.next_job = jobs_;
                jobs_ = &current;
            }
            wake_.notify_all();
        }
        current.work();
        if (tasks > 1 && !workers_.empty()) {
            std::unique_lock lock(mutex_);
            unlink(current);
            left_.wait(lock, [&] { return current.helpers == 0; });
        }
#if SEXTANT_HAS_EXCEPTIONS
        if (current.failure) std::rethrow_exception(current.failure);
#endif
    }

private:
    /// One run(), on its caller's stack. Helpers are counted under the pool's mutex, so it cannot go away under them.
    struct job {
        function_ref<void(std::size_t)> f;
        std::size_t tasks;
        std::atomic<std::size_t> next = 0;
        std::size_t helpers = 0;
        job* next_job = nullptr;
        std::exception_ptr failure = nullptr;
        std::mutex failing = {};

        void work() {
            SEXTANT_TRY {
                for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < tasks;) f(i);
            }
            SEXTANT_CATCH_ALL {
                next.store(tasks, std::memory_order_relaxed);
                const std::scoped_lock lock(failing);
                if (!failure) failure = std::current_exception();
            }
        }

        bool has_work() const { return next.load(std::memory_order_relaxed) < tasks; }
    };

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            job* found = jobs_;
            while (found && !found->has_work()) found = found->next_job;
            if (found) {
                ++found->helpers;
                lock.unlock();
                found->work();
                lock.lock();
                if (--found->helpers == 0) left_.notify_all();
            } else if (stopping_) {
                return;
            } else {
                wake_.wait(lock);
            }
        }
    }

    void unlink(job& gone) {
        job** link = &jobs_;
        while (*link != &gone) link = &(*link)->next_job;
        *link = gone.next_job;
    }

    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        for (std::thread& worker : workers_) worker.join();
    }

    std::mutex mutex_;
    std::condition_variable wake_;  // there is a new job, or the end
    std::condition_variable left_;  // the last helper left a job
    job* jobs_ = nullptr;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace sextant::inline SEXTANT_ABI
