#include <sextant/parallel/executor.hpp>
#include <sextant/parallel/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <vector>

#include "conformance/archetypes.hpp"
#include "index/support/executors.hpp"
#include "support/async_executor.hpp"

namespace executors_test {

static_assert(sextant::executor<archetypes::executor>);

struct pool_of_three : sextant::thread_pool {
    pool_of_three() : thread_pool(3) {}
};

/// What the words above the concept `executor` say, over everything that claims to be one, called as the library calls it.
template <class Executor>
class executors : public testing::Test {
protected:
    Executor executor_;
    sextant::executor_ref ref_{&executor_};
};

using implementations = testing::Types<sextant::sequential_executor, sextant::thread_pool, pool_of_three, archetypes::executor,
                                       support::async_executor, support::backward_executor, support::thread_per_task>;
TYPED_TEST_SUITE(executors, implementations);

TYPED_TEST(executors, say_how_many_tasks_run_at_once) { EXPECT_GE(this->ref_.concurrency(), 1u); }

TYPED_TEST(executors, run_every_task_once_and_return_when_all_are_done) {
    for (const std::size_t tasks : {0u, 1u, 2u, 3u, 7u, 100u}) {
        std::vector<std::atomic<int>> calls(tasks);
        this->ref_.run(tasks, [&](std::size_t i) { ++calls[i]; });
        for (std::size_t i = 0; i < tasks; ++i) ASSERT_EQ(calls[i], 1) << i << " of " << tasks;
    }
}

TYPED_TEST(executors, make_what_tasks_wrote_visible) {
    std::vector<std::size_t> written(64, 0);
    for (std::size_t round = 1; round < 20; ++round) {
        this->ref_.run(written.size(), [&](std::size_t i) { written[i] += i * round; });
    }
    for (std::size_t i = 0; i < written.size(); ++i) ASSERT_EQ(written[i], i * 190);
}

/// An exception on a thread of its own ends the program, so that thread_per_task cannot be asked.
template <class Executor>
class throwing_executors : public executors<Executor> {};

using rethrowing = testing::Types<sextant::sequential_executor, sextant::thread_pool, pool_of_three, archetypes::executor,
                                  support::async_executor, support::backward_executor>;
TYPED_TEST_SUITE(throwing_executors, rethrowing);

TYPED_TEST(throwing_executors, rethrow_what_a_task_throws_and_can_go_on) {
    for (const std::size_t bad : {0u, 5u, 19u}) {
        EXPECT_THROW(this->ref_.run(20,
                                    [&](std::size_t i) {
                                        if (i == bad) throw std::runtime_error("a task that throws");
                                    }),
                     std::runtime_error);
        std::atomic<std::size_t> calls = 0;
        this->ref_.run(20, [&](std::size_t) { ++calls; });
        EXPECT_EQ(calls, 20u);
    }
}

}  // namespace executors_test
