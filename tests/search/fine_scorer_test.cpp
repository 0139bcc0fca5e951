#include <sextant/search/fine_scorer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <sextant/codec/tags.hpp>
#include <sextant/search/stored_vector.hpp>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"
#include "search/tens.hpp"
#include "support/reference.hpp"

namespace fine_scorer_test {

using search_test::tens;
using sextant::slot;

TEST(fine_scorer, compares_by_both_codes) {
    support::test_graph<tens> graph(1);
    for (std::int32_t value = 0; value < 100; ++value) graph.add({&value, 1});
    const std::int32_t query = 42;
    std::vector<std::byte> bytes(graph.codec.fine_query_bytes());
    const sextant::fine_scorer<tens> fine(graph.nodes, graph.codec, graph.codec.prepare_fine({&query, 1}, bytes.data()));
    std::mt19937_64 random(1);
    for (std::size_t n = 0; n <= 70; ++n) {
        std::vector<slot> ids(n);
        for (slot& id : ids) id = static_cast<slot>(random() % 100);
        std::vector<float> distances(n + 1, -1.0f);
        fine(ids.data(), n, distances.data());
        for (std::size_t i = 0; i < n; ++i) {
            ASSERT_EQ(distances[i], static_cast<float>(std::abs(static_cast<std::int32_t>(ids[i]) - query))) << i << " of " << n;
        }
        ASSERT_EQ(distances[n], -1.0f) << "written past the end";
    }
}

// Long codes, so that few are fetched ahead.
TEST(fine_scorer, compares_long_codes_as_they_are) {
    using codec = sextant::codec_for<sextant::rerank<sextant::lvq<4>, sextant::f32>, sextant::l2>;
    for (const std::size_t dim : {3u, 2000u, 20'000u}) {
        support::test_graph<codec> graph(dim);
        const support::matrix<float> points = support::grid_points(40, dim, 1, 3);
        for (std::size_t row = 0; row < points.rows; ++row) graph.add(points[row]);
        const support::matrix<float> query = support::grid_points(1, dim, 2, 3);
        std::vector<float> room(dim);
        const sextant::fine_scorer<codec> fine(
            graph.nodes, graph.codec, graph.codec.prepare_fine(query[0], reinterpret_cast<std::byte*>(room.data())));
        std::vector<slot> ids(points.rows);
        for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<slot>(ids.size() - 1 - i);
        std::vector<float> distances(ids.size());
        fine(ids.data(), ids.size(), distances.data());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            ASSERT_EQ(distances[i], static_cast<float>(support::squared_difference(query[0], points[ids[i]]).value));
        }
    }
}

TEST(stored_vector, is_as_faithful_as_the_codec_allows) {
    support::test_graph<tens> graph(1);
    for (const std::int32_t value : {0, 7, 42, 99, -13}) {
        const slot id = graph.add({&value, 1});
        std::int32_t back = 1;
        sextant::load_vector(graph.nodes, graph.codec, id, {&back, 1});
        EXPECT_EQ(back, value);
        graph.codec.decode(graph.nodes.code(id), {&back, 1});
        EXPECT_EQ(back, value / 10 * 10);
    }
    support::l2_graph plain(2);
    const std::vector<float> vector{1.5f, -2.5f};
    const slot id = plain.add(vector);
    std::vector<float> back(2);
    sextant::load_vector(plain.nodes, plain.codec, id, back);
    EXPECT_EQ(back, vector);
}

}  // namespace fine_scorer_test
