// What every executor must do, run over each of them, a program's own pool among them.
#include <sextant/parallel/executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <sextant/parallel/thread_pool.hpp>

#include "support/async_executor.hpp"

namespace executor_test {

using sextant::executor_ref;
using sextant::function_ref;
using sextant::sequential_executor;
using sextant::thread_pool;

template <std::size_t Threads>
struct pool_of : thread_pool {
    pool_of() : thread_pool(Threads) {}
};

/// Whatever takes an executor_ref hands it on as one.
struct referred_pool {
    thread_pool pool{2};
    executor_ref ref{&pool};

    std::size_t concurrency() const { return ref.concurrency(); }
    void run(std::size_t tasks, function_ref<void(std::size_t)> f) const { ref.run(tasks, f); }
};

static_assert(sextant::executor<sequential_executor>);
static_assert(sextant::executor<const sequential_executor>);
static_assert(sextant::executor<thread_pool>);
static_assert(sextant::executor<support::async_executor>);
static_assert(sextant::executor<executor_ref>);
static_assert(!sextant::executor<std::vector<int>>);

template <class E>
class any_executor : public testing::Test {
protected:
    E pool;
};

struct executor_names {
    template <class E>
    static std::string GetName(int) {
        if (std::same_as<E, sequential_executor>) return "sequential";
        if (std::same_as<E, pool_of<1>>) return "pool_of_1";
        if (std::same_as<E, pool_of<2>>) return "pool_of_2";
        if (std::same_as<E, pool_of<8>>) return "pool_of_8";
        return std::same_as<E, referred_pool> ? "executor_ref" : "async";
    }
};

using executors = testing::Types<sequential_executor, pool_of<1>, pool_of<2>, pool_of<8>, referred_pool,
                                 support::async_executor>;
TYPED_TEST_SUITE(any_executor, executors, executor_names);

TYPED_TEST(any_executor, runs_at_least_one_task_at_once) { EXPECT_GE(this->pool.concurrency(), 1u); }

TYPED_TEST(any_executor, calls_every_task_exactly_once_and_returns_when_all_have_returned) {
    for (const std::size_t tasks : {1u, 2u, 3u, 7u, 64u, 1000u}) {
        for (int round = 0; round < 20; ++round) {
            // Plain counters: run() must make what its tasks wrote visible to its caller, or the thread
            // sanitizer objects.
            std::vector<int> calls(tasks);
            this->pool.run(tasks, [&](std::size_t i) { ++calls.at(i); });
            ASSERT_EQ(calls, std::vector<int>(tasks, 1));
        }
    }
}

TYPED_TEST(any_executor, no_tasks_are_no_calls) {
    this->pool.run(0, [](std::size_t) { ADD_FAILURE() << "called"; });
}

TYPED_TEST(any_executor, never_runs_more_at_once_than_it_says) {
    std::atomic<std::size_t> running = 0;
    std::atomic<std::size_t> most = 0;
    this->pool.run(300, [&](std::size_t) {
        const std::size_t now = running.fetch_add(1) + 1;
        for (std::size_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        running.fetch_sub(1);
    });
    EXPECT_LE(most, this->pool.concurrency());
}

TYPED_TEST(any_executor, rethrows_after_every_begun_task_has_ended_and_works_on) {
    for (const std::size_t culprit : {0u, 1u, 50u, 99u}) {
        std::atomic<int> begun = 0;
        std::atomic<int> ended = 0;
        std::string caught;
        try {
            this->pool.run(100, [&](std::size_t i) {
                ++begun;
                if (i == culprit) {
                    ++ended;
                    throw std::runtime_error(std::to_string(i));
                }
                std::this_thread::yield();
                ++ended;
            });
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
        EXPECT_EQ(caught, std::to_string(culprit));
        EXPECT_EQ(begun, ended);

        std::atomic<int> calls = 0;
        this->pool.run(10, [&](std::size_t) { ++calls; });
        EXPECT_EQ(calls, 10);
    }
}

TYPED_TEST(any_executor, rethrows_one_exception_when_all_tasks_throw) {
    std::atomic<int> thrown = 0;
    EXPECT_THROW(this->pool.run(64,
                                [&](std::size_t i) {
                                    ++thrown;
                                    throw std::out_of_range(std::to_string(i));
                                }),
                 std::out_of_range);
    EXPECT_GE(thrown, 1);
}

TYPED_TEST(any_executor, a_task_may_run_tasks) {
    std::vector<std::size_t> sums(6);
    this->pool.run(sums.size(), [&](std::size_t i) {
        std::vector<std::size_t> parts(5);
        this->pool.run(parts.size(), [&](std::size_t j) {
            this->pool.run(3, [](std::size_t) {});
            parts[j] = i * j;
        });
        sums[i] = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
    });
    for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], 10 * i);
}

TYPED_TEST(any_executor, an_exception_of_an_inner_run_passes_through_the_outer) {
    EXPECT_THROW(this->pool.run(4,
                                [&](std::size_t) {
                                    this->pool.run(4, [](std::size_t j) {
                                        if (j == 2) throw std::domain_error("inner");
                                    });
                                }),
                 std::domain_error);
}

TYPED_TEST(any_executor, several_threads_may_run_at_once) {
    std::vector<std::thread> callers;
    std::atomic<int> wrong = 0;
    for (int c = 0; c < 4; ++c) {
        callers.emplace_back([&] {
            for (int round = 0; round < 25; ++round) {
                std::vector<int> calls(40);
                this->pool.run(calls.size(), [&](std::size_t i) { ++calls[i]; });
                if (calls != std::vector<int>(40, 1)) ++wrong;
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(wrong, 0);
}

TEST(sequential_executor, keeps_the_order_and_the_thread) {
    std::vector<std::size_t> order;
    sequential_executor{}.run(5, [&, caller = std::this_thread::get_id()](std::size_t i) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        order.push_back(i);
    });
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(sequential_executor{}.concurrency(), 1u);
}

TEST(executor_ref, an_empty_one_runs_sequentially) {
    for (const executor_ref ref : {executor_ref(), executor_ref(nullptr)}) {
        EXPECT_EQ(ref.concurrency(), 1u);
        std::vector<std::size_t> order;
        ref.run(4, [&](std::size_t i) { order.push_back(i); });
        EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
        EXPECT_THROW(ref.run(1, [](std::size_t) { throw std::domain_error(""); }), std::domain_error);
    }
}

TEST(executor_ref, refers_to_the_executor_it_was_made_from) {
    struct counting {
        std::size_t runs = 0;
        int concurrency() const { return 5; }
        void run(std::size_t tasks, function_ref<void(std::size_t)> f) {
            ++runs;
            sequential_executor{}.run(tasks, f);
        }
    };
    counting target;
    const executor_ref ref = &target;
    const executor_ref copy = ref;
    EXPECT_EQ(ref.concurrency(), 5u);
    int calls = 0;
    copy.run(3, [&](std::size_t) { ++calls; });
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(target.runs, 1u);
}

}  // namespace executor_test
