#pragma once

#include <concepts>
#include <cstddef>

#include "../core/function_ref.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Runs independent tasks. The whole contract:
///   e.concurrency()  how many tasks may run at once, at least 1; a hint for how finely to cut the work.
///   e.run(n, f)      calls f(i) exactly once for every i in [0, n), in any order, perhaps at the same time from several
///                    threads, and returns when all calls have returned. If calls throw, one of the exceptions is
///                    rethrown after that; tasks that had not begun may be left out.
/// A program's own pool meets it in ten lines; sequential_executor is the reference.
///
/// Tasks of the library never wait for others, but other work may wait for them: writers of an index for those of its
/// build(). A pool whose run() leaves all tasks to its threads, or does other work while it waits, must not be doing such work
/// meanwhile, or its threads may wait for tasks that are queued behind them. thread_pool has no such limit: who calls its
/// run() takes part, and does nothing else.
template <class E>
concept executor = requires(E& e, std::size_t n, function_ref<void(std::size_t)> f) {
    { e.concurrency() } -> std::convertible_to<std::size_t>;
    e.run(n, f);
};

/// Runs the tasks one after the other on the calling thread.
struct sequential_executor {
    std::size_t concurrency() const noexcept { return 1; }

    template <class F>
    void run(std::size_t tasks, F&& f) const {
        for (std::size_t i = 0; i < tasks; ++i) f(i);
    }
};

/// A non-owning reference to any executor, written `{.executor = &pool}`. Empty, it runs sequentially. The executor must
/// outlive the call it is given to.
class executor_ref {
public:
    constexpr executor_ref() noexcept = default;
    constexpr executor_ref(std::nullptr_t) noexcept {}

    template <executor E>
    constexpr executor_ref(E* target) noexcept  // NOLINT: implicit by design
        : target_(target),
          concurrency_([](void* e) { return static_cast<std::size_t>(static_cast<E*>(e)->concurrency()); }),
          run_([](void* e, std::size_t tasks, function_ref<void(std::size_t)> f) {
              static_cast<E*>(e)->run(tasks, f);
          }) {}

    std::size_t concurrency() const { return target_ ? concurrency_(target_) : 1; }

    void run(std::size_t tasks, function_ref<void(std::size_t)> f) const {
        if (target_) {
            run_(target_, tasks, f);
        } else {
            sequential_executor{}.run(tasks, f);
        }
    }

private:
    void* target_ = nullptr;
    std::size_t (*concurrency_)(void*) = nullptr;
    void (*run_)(void*, std::size_t, function_ref<void(std::size_t)>) = nullptr;
};

}  // namespace sextant::inline SEXTANT_ABI
