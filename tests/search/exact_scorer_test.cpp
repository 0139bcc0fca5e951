#include <sextant/search/exact_scorer.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include <sextant/codec/tags.hpp>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

namespace exact_scorer_test {

using sextant::slot;

TEST(exact_scorer, compares_all_of_a_code) {
    using codec = sextant::codec_for<sextant::f32, sextant::l2>;
    for (const std::size_t dim : {3u, 100u, 20'000u}) {
        support::test_graph<codec> graph(dim);
        std::vector<std::vector<float>> points;
        for (std::size_t i = 0; i < 40; ++i) {
            points.push_back(support::random_floats(dim, i + 1));
            graph.add(points.back());
        }
        const auto query = support::random_floats(dim, 100);
        std::vector<std::byte> bytes(graph.codec.query_bytes());
        const sextant::exact_scorer<codec> score(graph.nodes, graph.codec, graph.codec.prepare(query, bytes.data()));
        for (std::size_t n = 0; n <= points.size(); ++n) {
            std::vector<slot> ids;
            for (std::size_t i = 0; i < n; ++i) ids.push_back(static_cast<slot>(points.size() - 1 - i));
            std::vector<float> distances(n + 1, -1.0f);
            score(ids.data(), n, distances.data());
            for (std::size_t i = 0; i < n; ++i) {
                const double expected = support::squared_difference(query, points[ids[i]]).value;
                ASSERT_NEAR(distances[i], expected, 1e-5 * expected) << i << " of " << n;
            }
            ASSERT_EQ(distances[n], -1.0f) << "written past the end";
        }
    }
}

}  // namespace exact_scorer_test
