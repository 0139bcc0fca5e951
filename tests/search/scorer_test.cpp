#include <sextant/search/scorer.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"
#include "support/reference.hpp"

namespace scorer_test {

using sextant::slot;

// The batches a kernel takes, and how far ahead codes are fetched, must not show.
TEST(scorer, gives_every_node_its_own_distance_whatever_the_count) {
    for (const std::size_t dim : {1u, 37u, 700u, 5000u}) {
        const support::matrix<float> points = support::grid_points(90, dim, 1, 3);
        support::l2_graph graph(dim);
        for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
        const support::matrix<float> query = support::grid_points(1, dim, 2, 3);
        std::vector<float> expected(points.rows, 0.0f);
        for (std::size_t row = 0; row < points.rows; ++row) {
            expected[row] = static_cast<float>(support::squared_difference(query[0], points[row]).value);
        }
        const auto score = graph.scorer_of(query[0]);
        std::mt19937_64 random(3);
        for (std::size_t n = 0; n <= 70; ++n) {
            std::vector<slot> ids(n);
            for (slot& id : ids) id = static_cast<slot>(random() % points.rows);
            std::vector<float> distances(n + 1, -1.0f);
            score(ids.data(), n, distances.data());
            for (std::size_t i = 0; i < n; ++i) {
                ASSERT_EQ(distances[i], expected[ids[i]]) << i << " of " << n;
                ASSERT_EQ(score(ids[i]), expected[ids[i]]);
            }
            ASSERT_EQ(distances[n], -1.0f) << "written past the end";
        }
    }
}

}  // namespace scorer_test
