#include <sextant/parallel/lease.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "support/allocations.hpp"

namespace lease_test {

using sextant::lease;

/// Scratch that says how large it is and is counted.
struct scratch {
    static inline std::atomic<int> alive = 0;

    scratch() { ++alive; }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { --alive; }

    std::size_t bytes() const { return size; }

    std::size_t size = 0;
};

class lease_of_scratch : public testing::Test {
protected:
    lease_of_scratch() { lease<scratch>::release(); }
    ~lease_of_scratch() override {
        lease<scratch>::release();
        EXPECT_EQ(scratch::alive, 0) << "release() was to free everything";
    }
};

TEST_F(lease_of_scratch, gives_the_same_scratch_again) {
    const scratch* first = nullptr;
    {
        const lease<scratch> lent;
        first = &*lent;
        lent->size = 1000;
    }
    EXPECT_EQ(scratch::alive, 1);
    const lease<scratch> again;
    EXPECT_EQ(&*again, first);
    EXPECT_EQ(again->size, 1000u) << "as it was left";
}

/// Works when a thread's objects are destroyed, the first of which it is and the last to go.
struct last_to_go {
    bool& worked;
    ~last_to_go() {
        const lease<scratch> outer;
        {
            const lease<scratch> inner;
            worked = &*outer != &*inner;
        }
        lease<scratch>::release();
        worked = worked && scratch::alive == 1;
    }
};

TEST_F(lease_of_scratch, is_to_be_had_when_what_a_thread_kept_is_gone) {
    bool worked = false;
    std::thread([&] {
        thread_local const last_to_go object{worked};
        const lease<scratch> lent;
    }).join();
    EXPECT_TRUE(worked);
    EXPECT_EQ(scratch::alive, 0);
}

TEST_F(lease_of_scratch, asks_for_memory_only_the_first_time) {
    { const lease<scratch> warm_up; }
    const std::size_t asked = support::allocations();
    for (int i = 0; i < 100; ++i) const lease<scratch> lent;
    EXPECT_EQ(support::allocations(), asked);
}

TEST_F(lease_of_scratch, nested_ones_get_scratch_of_their_own_and_it_is_kept_too) {
    const auto nest = [] {
        const lease<scratch> outer;
        const lease<scratch> middle;
        const lease<scratch> inner;
        EXPECT_NE(&*outer, &*middle);
        EXPECT_NE(&*outer, &*inner);
        EXPECT_NE(&*middle, &*inner);
    };
    nest();
    EXPECT_EQ(scratch::alive, 3);
    const std::size_t asked = support::allocations();
    nest();
    EXPECT_EQ(support::allocations(), asked);
}

TEST_F(lease_of_scratch, a_nesting_of_any_depth_works_and_keeps_only_a_few) {
    {
        std::vector<std::unique_ptr<lease<scratch>>> deep;
        for (int i = 0; i < 50; ++i) deep.push_back(std::make_unique<lease<scratch>>());
        EXPECT_EQ(scratch::alive, 50);
    }
    EXPECT_LE(scratch::alive, 8);
    EXPECT_GE(scratch::alive, 1);
}

TEST_F(lease_of_scratch, what_has_grown_above_the_cap_is_freed) {
    {
        const lease<scratch> lent;
        lent->size = SEXTANT_SCRATCH_CAP;
    }
    EXPECT_EQ(scratch::alive, 1) << "the cap itself is allowed";
    {
        const lease<scratch> lent;
        lent->size = std::size_t{SEXTANT_SCRATCH_CAP} + 1;
    }
    EXPECT_EQ(scratch::alive, 0);
}

TEST_F(lease_of_scratch, release_frees_what_is_kept_and_leaves_what_is_lent) {
    { const lease<scratch> kept; }
    ASSERT_EQ(scratch::alive, 1);
    lease<scratch>::release();
    EXPECT_EQ(scratch::alive, 0);
    lease<scratch>::release();
    {
        const lease<scratch> lent;
        lent->size = 7;
        lease<scratch>::release();
        EXPECT_EQ(scratch::alive, 1);
        EXPECT_EQ(lent->size, 7u);
    }
    const lease<scratch> next;
    EXPECT_EQ(scratch::alive, 1);
}

TEST_F(lease_of_scratch, every_thread_has_its_own_and_leaves_none_behind) {
    const lease<scratch> mine;
    std::thread([&] {
        const scratch* first = nullptr;
        {
            const lease<scratch> theirs;
            EXPECT_NE(&*theirs, &*mine);
            first = &*theirs;
        }
        const lease<scratch> again;
        EXPECT_EQ(&*again, first);
    }).join();
    EXPECT_EQ(scratch::alive, 1) << "the other thread's went with it";
}

TEST_F(lease_of_scratch, running_out_of_memory_leaves_it_usable) {
    if (!support::operator_new_is_watched()) GTEST_SKIP() << "operator new is not watched";
    bool refused = true;
    for (std::size_t granted = 0; refused; ++granted) {
        lease<scratch>::release();
        std::optional<lease<scratch>> lent;
        {
            const support::memory_shortage shortage(granted);
            try {
                lent.emplace();
            } catch (const std::bad_alloc&) {
            }
            refused = shortage.refused();
        }
        EXPECT_EQ(lent.has_value(), !refused);
        lent.reset();
        const lease<scratch> after;
        EXPECT_EQ(scratch::alive, 1);
    }
}

}  // namespace lease_test
