#include <sextant/graph/change_log.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/support/threads.hpp"
#include "support/sanitizers.hpp"

namespace change_log_test {

using sextant::change_log;
using sextant::node;
using sextant::node_state;
using sextant::slot;

std::vector<slot> successors(const change_log& log, std::uint64_t from, std::uint64_t to) {
    std::vector<slot> ids;
    log.each_successor(from, to, [&](slot id) { ids.push_back(id); });
    return ids;
}

TEST(change_log, remembers_who_took_whose_place) {
    change_log log;
    node old;
    node next;
    old.state = node_state::live;
    next.state = node_state::pending;
    log.replace(old, next, 17);
    EXPECT_TRUE(old.is(node_state::dead));
    EXPECT_TRUE(next.is(node_state::live));
    EXPECT_EQ(log.replaced(), 1u);
    log.kill(next);
    EXPECT_TRUE(next.is(node_state::dead));
    EXPECT_EQ(log.replaced(), 1u) << "nobody took its place";
    log.replace(old, next, 18);
    EXPECT_EQ(successors(log, 0, log.replaced()), (std::vector<slot>{17, 18}));
    EXPECT_EQ(successors(log, 1, log.replaced()), (std::vector<slot>{18}));
    EXPECT_EQ(successors(log, 2, log.replaced()), (std::vector<slot>{}));
}

TEST(change_log, forgets_the_oldest) {
    change_log log;
    node old;
    node next;
    constexpr auto many = static_cast<slot>(change_log::remembered + 10);
    for (slot id = 0; id < many; ++id) log.replace(old, next, id);
    const std::vector<slot> last = successors(log, 0, log.replaced());
    ASSERT_EQ(last.size(), change_log::remembered);
    EXPECT_EQ(last.front(), 10u);
    EXPECT_EQ(last.back(), many - 1);
    EXPECT_EQ(successors(log, 100, log.replaced()).front(), 100u);
}

TEST(change_log, has_changes_wait_for_a_look_that_they_disturb_again_and_again) {
    change_log log;
    node changing;
    int looks = 0;
    log.consistently([&] {
        if (++looks <= 3) log.kill(changing);
    });
    EXPECT_EQ(looks, 4);
    looks = 0;
    std::atomic<bool> done = false;
    support::run_threads(2, [&](std::size_t thread) {
        if (thread == 0) {
            while (!done) log.kill(changing);
            return;
        }
        log.consistently([&] {
            ++looks;
            for (int i = 0; i < 10'000; ++i) changing.is(node_state::dead);
        });
        done = true;
    });
    EXPECT_GE(looks, 1);
    EXPECT_LT(looks, 100);
}

// Keys each have one live node, which threads move about.
TEST(change_log, shows_each_step_whole_to_who_looks_consistently) {
    constexpr std::size_t keys = 3;
    change_log log;
    std::array<std::array<node, 2>, keys> nodes;
    for (auto& pair : nodes) pair[0].state = node_state::live;
    std::atomic<std::size_t> writing = keys;
    std::atomic<std::size_t> looked = 0;
    support::run_threads(keys + 1, [&](std::size_t thread) {
        if (thread < keys) {
            const std::size_t steps = support::sanitized ? 2'000 : 100'000;
            for (std::size_t i = 0; i < steps || looked < 100; ++i) {
                node& live = nodes[thread][i % 2];
                node& next = nodes[thread][(i + 1) % 2];
                next.state = node_state::pending;
                log.replace(live, next, static_cast<slot>((i + 1) % 2 * keys + thread));
            }
            --writing;
            return;
        }
        while (writing > 0) {
            const std::uint64_t since = log.replaced();
            std::array<bool, 2 * keys> live{};
            std::uint64_t now = 0;
            const auto look = [&](std::array<bool, 2 * keys>& seen) {
                log.consistently([&] {
                    now = log.replaced();
                    for (std::size_t id = 0; id < 2 * keys; ++id) seen[id] = nodes[id % keys][id / keys].is(node_state::live);
                });
            };
            look(live);
            for (std::size_t key = 0; key < keys; ++key) EXPECT_NE(live[key], live[key + keys]) << "both or none";
            std::array<bool, 2 * keys> later{};
            look(later);
            std::array<bool, 2 * keys> known = live;
            log.each_successor(since, now, [&](slot id) { known[id] = true; });
            if (log.replaced() - since < change_log::remembered) {
                for (std::size_t id = 0; id < 2 * keys; ++id) EXPECT_TRUE(!later[id] || known[id]) << "a successor is missed";
            }
            ++looked;
        }
    });
    EXPECT_GE(looked, 100u);
}

}  // namespace change_log_test
