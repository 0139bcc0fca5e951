#include <sextant/search/descend.hpp>

#include <gtest/gtest.h>

#include <cstddef>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace descend_test {

using sextant::neighbor;
using sextant::no_tracker;
using sextant::slot;

class descend : public testing::Test {
protected:
    static constexpr std::size_t dim = 8;

    descend() : graph_(dim, 3), queries_(support::grid_points(50, dim, 12)) {
        graph_.insert(support::grid_points(1500, dim, 11));
    }

    support::l2_graph graph_;
    support::matrix<float> queries_;
};

TEST_F(descend, ends_where_no_neighbour_of_the_level_above_is_nearer) {
    const sextant::entry_point entry = graph_.nodes.entry();
    ASSERT_GE(entry.level, 3u);
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        const auto score = graph_.scorer_of(queries_[q]);
        for (unsigned last = 0; last < entry.level; ++last) {
            const neighbor end = sextant::descend(graph_.nodes, score, entry, last, graph_.search, no_tracker{});
            ASSERT_EQ(end.distance, score(end.id));
            ASSERT_LE(end.distance, score(entry.id));
            ASSERT_GT(graph_.nodes.at(end.id).level, last) << "it walks on level last + 1";
            graph_.nodes.links(end.id, last + 1).each([&](slot other) {
                const neighbor beside{score(other), other};
                ASSERT_FALSE(beside < end);
            });
        }
    }
}

TEST_F(descend, from_the_last_level_stays_where_it_is) {
    const sextant::entry_point entry = graph_.nodes.entry();
    const auto score = graph_.scorer_of(queries_[0]);
    sextant::search_stats stats;
    const neighbor end =
        sextant::descend(graph_.nodes, score, entry, entry.level, graph_.search, sextant::stats_tracker{stats});
    EXPECT_EQ(end, (neighbor{score(entry.id), entry.id}));
    EXPECT_EQ(stats.distances, 1u);
    EXPECT_EQ(stats.hops, 0u);
}

TEST_F(descend, counts_what_it_did) {
    sextant::search_stats stats;
    sextant::descend(graph_.nodes, graph_.scorer_of(queries_[0]), graph_.nodes.entry(), 0, graph_.search,
                     sextant::stats_tracker{stats});
    EXPECT_GE(stats.hops, graph_.nodes.entry().level) << "at least one look around on every level";
    EXPECT_GE(stats.distances, stats.hops);
    EXPECT_LT(stats.distances, 500u);
}

}  // namespace descend_test
