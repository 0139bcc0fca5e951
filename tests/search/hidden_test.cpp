#include <sextant/search/hidden.hpp>
#include <sextant/search/nearest.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <numeric>
#include <set>
#include <span>
#include <vector>

#include "index/support/test_graph.hpp"

namespace hidden_test {

using sextant::node_state;
using sextant::slot;
using support::l2_graph;

/// Sixty nodes on a line, each at its slot, looked at from 0.
class hidden : public testing::Test {
protected:
    static constexpr slot count = 60;

    hidden() {
        for (slot id = 0; id < count; ++id) {
            const auto x = static_cast<float>(id);
            graph_.insert({&x, 1});
        }
    }

    static bool all(slot) { return true; }

    void kill(slot id) {
        graph_.nodes.hide_one();
        graph_.nodes.kill(id);
    }

    /// Makes a live node one that is about to replace another.
    void suspend(slot id) {
        graph_.nodes.hide_one();
        graph_.nodes.at(id).state = node_state::pending;
    }

    void replace(slot old, slot next) {
        suspend(next);
        graph_.nodes.replace(old, next);
    }

    sextant::newcomers from_now() const { return sextant::newcomers(graph_.nodes); }

    /// A beam with these nodes, pushed in this order and one half expanded.
    sextant::beam beam_of(const std::vector<slot>& ids, std::size_t capacity = count) {
        const auto score = graph_.scorer_of(origin_);
        sextant::beam found;
        found.reset(capacity);
        for (const slot id : ids) found.push(score(id), id);
        for (std::size_t i = 0; i < found.size() / 2; ++i) found.pop();
        return found;
    }

    sextant::beam beam_of_all() {
        std::vector<slot> ids(count);
        std::iota(ids.begin(), ids.end(), slot{0});
        return beam_of(ids);
    }

    /// What is left of a beam, for a search that knows nothing of `fresh`.
    template <class Allowed = bool (*)(slot)>
    std::vector<slot> left(sextant::beam found, sextant::newcomers fresh, Allowed&& allowed = all) {
        room_for_all_ = sextant::reconcile(graph_.nodes, graph_.scorer_of(origin_), allowed, fresh, found,
                                           sextant::stats_tracker{stats_});
        lost_ = fresh.lost_some();
        std::vector<slot> ids;
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].distance, static_cast<float>(found[i].id * found[i].id));
            ids.push_back(found[i].id);
        }
        return ids;
    }

    l2_graph graph_{1, 4};
    std::vector<float> origin_{0.0f};
    sextant::search_stats stats_;
    bool room_for_all_ = false;
    bool lost_ = false;
};

TEST_F(hidden, nodes_are_dropped_and_the_others_keep_their_order) {
    kill(0);
    kill(31);
    kill(59);
    std::vector<slot> expected;
    for (slot id = 0; id < count; ++id) {
        if (id != 0 && id != 31 && id != 59) expected.push_back(id);
    }
    EXPECT_EQ(left(beam_of_all(), from_now()), expected);
}

TEST_F(hidden, are_those_that_wait_to_replace_another_until_they_do) {
    suspend(5);
    EXPECT_EQ(left(beam_of_all(), from_now()).size(), 59u);
    EXPECT_TRUE(sextant::may_be_answer(graph_.nodes, 5));
    graph_.nodes.replace(6, 5);
    const std::vector<slot> now_left = left(beam_of_all(), from_now());
    const std::set<slot> ids(now_left.begin(), now_left.end());
    EXPECT_TRUE(ids.contains(5));
    EXPECT_FALSE(ids.contains(6));
    EXPECT_FALSE(sextant::may_be_answer(graph_.nodes, 6));
}

TEST_F(hidden, none_cost_nothing_and_drop_nothing) {
    EXPECT_EQ(sextant::room_for_hidden(graph_.nodes), 0u);
    EXPECT_EQ(left(beam_of_all(), from_now()).size(), 60u);
}

TEST_F(hidden, nodes_make_a_search_look_again_until_it_has_k) {
    sextant::search_scratch scratch;
    for (slot id = 0; id < 50; ++id) kill(id);  // and nobody repairs the graph
    const sextant::stop_condition never;
    const sextant::search_plan plan{.k = 10, .ef = 10, .rescored = 0, .stop = never};
    const auto found = sextant::nearest(graph_.nodes, graph_.codec, std::span<const float>(origin_), plan, sextant::all_allowed{},
                                        scratch, sextant::no_tracker{});
    EXPECT_EQ(found.size(), 10u);
    for (const sextant::neighbor& n : found) EXPECT_GE(n.id, 50u);
    const auto exact = sextant::nearest_exact(graph_.nodes, graph_.codec, std::span<const float>(origin_), 10, all, scratch,
                                              sextant::no_tracker{}, never);
    EXPECT_EQ(exact.size(), 10u);
    for (const sextant::neighbor& n : exact) EXPECT_GE(n.id, 50u);
}

TEST_F(hidden, nodes_give_their_place_to_those_that_replaced_them_meanwhile) {
    replace(50, 51);
    const sextant::newcomers since = from_now();
    replace(10, 11);
    replace(20, 21);
    replace(21, 22);
    EXPECT_EQ(left(beam_of({9, 10, 12, 20}), since), (std::vector<slot>{9, 11, 12, 22}));
    EXPECT_EQ(stats_.distances, 2u);
    EXPECT_FALSE(lost_);
    EXPECT_EQ(left(beam_of({9, 10, 11, 22}), since), (std::vector<slot>{9, 11, 22})) << "met already";
    EXPECT_EQ(left(beam_of({9, 10, 12, 20}), from_now()), (std::vector<slot>{9, 12})) << "the search began later";
    EXPECT_EQ(left(beam_of({9, 10, 12, 20}), since, [](slot id) { return id != 11; }), (std::vector<slot>{9, 12, 22}));
}

TEST_F(hidden, nodes_do_not_give_it_to_those_that_are_too_far_away) {
    const sextant::newcomers since = from_now();
    replace(1, 30);
    EXPECT_EQ(left(beam_of({0, 1, 2}, 3), since), (std::vector<slot>{0, 2})) << "others, not met, may be nearer";
    EXPECT_FALSE(room_for_all_);
    EXPECT_EQ(left(beam_of({0, 1, 2}, 4), since), (std::vector<slot>{0, 2, 30})) << "it had met all there are";
    EXPECT_TRUE(room_for_all_);
    EXPECT_EQ(left(beam_of({0, 1, 40}, 3), since), (std::vector<slot>{0, 30, 40}));
}

TEST_F(hidden, newcomers_may_need_more_room_than_there_is) {
    const sextant::newcomers since = from_now();
    replace(40, 41);
    replace(42, 43);
    replace(44, 45);
    EXPECT_EQ(left(beam_of({0, 1}, 4), since), (std::vector<slot>{0, 1, 41, 43}));
    EXPECT_FALSE(room_for_all_);
}

TEST_F(hidden, nodes_that_a_filter_makes_do_not_keep_a_search_for_ever) {
    const sextant::newcomers since = from_now();
    slot last = 1;
    replace(0, 1);
    const auto replaces = [&](slot) {
        if (last + 1 < count) replace(last, last + 1);
        ++last;
        return true;
    };
    EXPECT_LE(left(beam_of({0}), since, replaces).size(), 1u);
    EXPECT_LT(last, count) << "it would have gone on";
    EXPECT_TRUE(lost_);
}

}  // namespace hidden_test
