#include <sextant/core/stop_condition.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <type_traits>

namespace stop_condition_test {

using namespace std::chrono_literals;
using sextant::stop_condition;
using clock_type = stop_condition::clock;

TEST(stop_condition, empty_it_never_stops) {
    const stop_condition never;
    EXPECT_FALSE(never.possible());
    EXPECT_FALSE(never.requested());
}

TEST(stop_condition, a_flag_stops_when_it_is_set_and_can_be_cleared) {
    std::atomic<bool> flag = false;
    const stop_condition stop = flag;
    EXPECT_TRUE(stop.possible());
    EXPECT_FALSE(stop.requested());
    flag = true;
    EXPECT_TRUE(stop.requested());
    flag = false;
    EXPECT_FALSE(stop.requested());
}

TEST(stop_condition, takes_no_flag_that_is_gone_at_once) {
    static_assert(std::is_constructible_v<stop_condition, std::atomic<bool>&>);
    static_assert(std::is_constructible_v<stop_condition, const std::atomic<bool>&>);
    static_assert(!std::is_constructible_v<stop_condition, std::atomic<bool>>);
    static_assert(!std::is_constructible_v<stop_condition, bool>);
    static_assert(!std::is_constructible_v<stop_condition, bool&>);
}

TEST(stop_condition, a_deadline_stops_from_its_time_on) {
    const stop_condition past = clock_type::now() - 1ns;
    EXPECT_TRUE(past.possible());
    EXPECT_TRUE(past.requested());

    const stop_condition far = clock_type::now() + 24h;
    EXPECT_TRUE(far.possible());
    EXPECT_FALSE(far.requested());

    const auto deadline = clock_type::now() + 20ms;
    const stop_condition soon = deadline;
    while (!soon.requested()) {
    }
    EXPECT_GE(clock_type::now(), deadline);
    EXPECT_TRUE(soon.requested());
}

TEST(stop_condition, the_end_of_time_is_no_deadline) {
    const stop_condition never = clock_type::time_point::max();
    EXPECT_FALSE(never.possible());
    EXPECT_FALSE(never.requested());
}

TEST(stop_condition, a_token_stops_when_its_source_asks) {
    std::stop_source source;
    const stop_condition stop = source.get_token();
    EXPECT_TRUE(stop.possible());
    EXPECT_FALSE(stop.requested());
    source.request_stop();
    EXPECT_TRUE(stop.possible());
    EXPECT_TRUE(stop.requested());
}

TEST(stop_condition, a_token_without_a_source_never_stops) {
    const stop_condition never = std::stop_token();
    EXPECT_FALSE(never.possible());
    EXPECT_FALSE(never.requested());

    std::stop_token orphan;
    {
        std::stop_source source;
        orphan = source.get_token();
    }
    EXPECT_FALSE(stop_condition(orphan).possible());
}

TEST(stop_condition, copies_watch_the_same_thing) {
    std::atomic<bool> flag = false;
    const stop_condition first = flag;
    const stop_condition second = first;
    flag = true;
    EXPECT_TRUE(second.requested());
}

}  // namespace stop_condition_test
