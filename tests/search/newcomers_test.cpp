#include <sextant/search/newcomers.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "index/support/test_graph.hpp"

namespace newcomers_test {

using sextant::change_log;
using sextant::slot;

class newcomers : public testing::Test {
protected:
    newcomers() {
        for (float x = 0; x < 4; ++x) graph_.add({&x, 1});
    }

    /// Makes slots 0 and 1 take each other's place so many times.
    void replace(std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) {
            graph_.nodes.replace(last_, 1 - last_);
            last_ = 1 - last_;
        }
    }

    static std::vector<slot> ids(sextant::newcomers& fresh) {
        std::vector<slot> all;
        fresh.each([&](slot id) { all.push_back(id); });
        return all;
    }

    support::l2_graph graph_{1};
    slot last_ = 0;
};

TEST_F(newcomers, are_those_that_came_since_one_looked) {
    replace(1);
    sextant::newcomers fresh(graph_.nodes);
    EXPECT_FALSE(fresh.any());
    EXPECT_TRUE(ids(fresh).empty());
    replace(3);
    EXPECT_TRUE(fresh.any());
    EXPECT_EQ(ids(fresh), (std::vector<slot>{0, 1, 0}));
    EXPECT_FALSE(fresh.any());
    replace(1);
    EXPECT_EQ(ids(fresh), (std::vector<slot>{1}));
    EXPECT_FALSE(fresh.lost_some());
}

TEST_F(newcomers, are_lost_when_too_many_come_at_once) {
    sextant::newcomers fresh(graph_.nodes);
    replace(change_log::remembered - 1);
    EXPECT_EQ(ids(fresh).size(), change_log::remembered - 1);
    EXPECT_FALSE(fresh.lost_some());
    replace(change_log::remembered);
    ids(fresh);
    EXPECT_TRUE(fresh.lost_some()) << "the next one, which may be under way, takes the place of the first";
    replace(1);
    ids(fresh);
    EXPECT_TRUE(fresh.lost_some()) << "for good";
}

TEST_F(newcomers, are_lost_when_too_many_come_while_one_looks) {
    sextant::newcomers fresh(graph_.nodes);
    replace(2);
    fresh.each([&](slot) { replace(change_log::remembered / 2); });
    EXPECT_TRUE(fresh.lost_some());
}

}  // namespace newcomers_test
