#include <sextant/build/bulk_build.hpp>
#include <sextant/build/insert.hpp>
#include <sextant/codec/bits.hpp>
#include <sextant/codec/float.hpp>
#include <sextant/codec/f32_custom.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>
#include <sextant/search/beam_search.hpp>
#include <sextant/search/descend.hpp>
#include <sextant/search/exact_scan.hpp>
#include <sextant/search/filter.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "conformance/archetypes.hpp"
#include "index/support/cases.hpp"
#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"

namespace algorithms_test {

using sextant::neighbor;
using sextant::slot;

/// Rows for any codec; distances between them are exact.
template <class Codec>
struct rows_for {
    static constexpr std::size_t dim = 10;
    static auto make(std::size_t count, std::uint64_t seed) { return support::grid_points(count, dim, seed, 5); }
};

template <>
struct rows_for<sextant::bits_codec> {
    static constexpr std::size_t dim = 77;
    static auto make(std::size_t count, std::uint64_t seed) { return support::random_codes(count, 10, seed); }
};

template <>
struct rows_for<archetypes::codec> {
    static constexpr std::size_t dim = 10;
    static support::matrix<archetypes::coordinate> make(std::size_t count, std::uint64_t seed) {
        const support::matrix<float> points = support::grid_points(count, dim, seed, 5);
        support::matrix<archetypes::coordinate> rows{count, dim, {}};
        for (const float value : points.values) rows.values.push_back({static_cast<std::int32_t>(value)});
        return rows;
    }
};

/// The algorithms of search/ and build/, over every codec there is and one that is nothing but a codec.
template <class Codec>
class algorithms : public testing::Test {
protected:
    using rows = rows_for<Codec>;
    static constexpr std::size_t count = 600;

    algorithms() : graph_(rows::dim, 4) {
        const auto points = rows::make(count, 211);
        for (std::size_t row = 0; row < points.rows; ++row) graph_.insert(points[row], 30);
    }

    archetypes::tracker tracker() { return archetypes::tracker(events_); }

    neighbor start(const sextant::scorer<Codec>& score) const {
        const slot id = graph_.nodes.entry().id;
        return {score(id), id};
    }

    support::test_graph<Codec> graph_;
    decltype(rows::make(1, 1)) queries_ = rows::make(10, 212);
    std::size_t events_ = 0;
};

using codecs = testing::Types<archetypes::codec, sextant::f32_codec<sextant::l2>, sextant::f32_codec<sextant::inner_product>,
                              sextant::f32_codec<sextant::cosine>, sextant::split_float_codec<sextant::l2>,
                              sextant::split_float_codec<sextant::cosine>, sextant::bits_codec,
                              sextant::f32_custom_codec<decltype(support::chebyshev::function)>>;
TYPED_TEST_SUITE(algorithms, codecs);

TYPED_TEST(algorithms, insert_node_leaves_a_sound_graph) { support::expect_sound(this->graph_.nodes); }

TYPED_TEST(algorithms, descend_gets_nearer) {
    for (std::size_t q = 0; q < this->queries_.rows; ++q) {
        const auto score = this->graph_.scorer_of(this->queries_[q]);
        const neighbor end =
            sextant::descend(this->graph_.nodes, score, this->graph_.nodes.entry(), 0, this->graph_.search, this->tracker());
        EXPECT_EQ(end.distance, score(end.id));
        EXPECT_LE(end.distance, this->start(score).distance);
    }
    EXPECT_GT(this->events_, 0u);
}

TYPED_TEST(algorithms, beam_search_with_room_for_all_is_exact) {
    for (std::size_t q = 0; q < this->queries_.rows; ++q) {
        const auto score = this->graph_.scorer_of(this->queries_[q]);
        sextant::beam_search(this->graph_.nodes, score, this->start(score), 0, this->count, this->graph_.search, this->tracker());
        EXPECT_EQ(support::contents(this->graph_.search.candidates),
                  this->graph_.ranking(this->queries_[q], [](slot) { return true; }));
    }
    EXPECT_GE(this->events_, this->count);
}

TYPED_TEST(algorithms, filtered_search_with_room_for_all_is_exact) {
    const archetypes::even_slots allowed;
    for (std::size_t q = 0; q < this->queries_.rows; ++q) {
        const auto score = this->graph_.scorer_of(this->queries_[q]);
        sextant::filtered_search(this->graph_.nodes, score, this->start(score), this->count / 2, allowed, this->graph_.search,
                                 this->tracker());
        EXPECT_EQ(support::contents(this->graph_.search.results), this->graph_.ranking(this->queries_[q], allowed));
    }
    EXPECT_GT(this->events_, 0u);
}

TYPED_TEST(algorithms, exact_scan_is_exact) {
    const archetypes::even_slots allowed;
    for (std::size_t q = 0; q < this->queries_.rows; ++q) {
        const auto score = this->graph_.scorer_of(this->queries_[q]);
        sextant::exact_scan(this->graph_.nodes, score, 25, allowed, this->graph_.search, this->tracker());
        EXPECT_EQ(support::contents(this->graph_.search.results),
                  support::nearest(this->graph_.ranking(this->queries_[q], allowed), 25));
    }
    EXPECT_EQ(this->events_, this->queries_.rows * this->count / 2);
}

TYPED_TEST(algorithms, select_neighbors_keeps_the_nearest_and_the_pinned) {
    const auto candidates = support::nearest(this->graph_.ranking(this->queries_[0], [](slot) { return true; }), 60);
    const slot last = candidates.back().id;
    sextant::selection_space space;
    space.reserve(candidates.size(), 5, this->graph_.codec.query_bytes());
    sextant::select_neighbors(
        this->graph_.nodes, this->graph_.codec, std::span<const neighbor>(candidates), 5,
        [&](slot id) { return archetypes::verdict(id == last); }, space);
    ASSERT_LE(space.kept.size(), 5u);
    EXPECT_EQ(space.kept.front(), candidates.front());
    EXPECT_EQ(space.kept.back(), candidates.back());
}

TYPED_TEST(algorithms, add_links_fills_a_list_and_no_more) {
    sextant::selection_space space;
    space.reserve(this->count + 8, 8, this->graph_.codec.query_bytes());
    const auto ranked = this->graph_.ranking(this->queries_[0], [](slot) { return true; });
    for (const neighbor& n : ranked) {
        if (n.id == 0 || this->graph_.nodes.links(0).contains(n.id)) continue;
        sextant::add_links(this->graph_.nodes, this->graph_.codec, 0, {&n, 1}, 0, space);
        ASSERT_LE(this->graph_.nodes.links(0).size(), 8u);
    }
    EXPECT_GT(this->graph_.nodes.links(0).size(), 1u);
}

/// Rows that can be opened, encoded, claimed and revealed, and no more.
template <class Codec>
class archetype_rows {
public:
    using points = decltype(rows_for<Codec>::make(1, 1));

    archetype_rows(support::test_graph<Codec>& graph, const points& values) : graph_(graph), values_(values) {}
    archetype_rows(const archetype_rows&) = delete;
    archetype_rows& operator=(const archetype_rows&) = delete;

    std::size_t size() { return values_.rows; }
    sextant::epochs::pin begin_batch() { return {}; }
    slot open(std::size_t row) { return row % 10 == 9 ? sextant::no_slot : graph_.nodes.allocate(); }
    void encode(std::size_t row, slot id) { graph_.codec.encode(values_[row], graph_.nodes.code(id)); }
    archetypes::verdict claim(slot id) {
        const bool granted = ++claims_ % 50 != 0;
        if (granted) graph_.nodes.at(id).state = sextant::node_state::claimed;
        return archetypes::verdict(granted);
    }
    void reveal(slot id) { graph_.nodes.at(id).state = sextant::node_state::live; }

private:
    support::test_graph<Codec>& graph_;
    const points& values_;
    std::size_t claims_ = 0;
};

TYPED_TEST(algorithms, bulk_build_inserts_what_is_opened_and_claimed) {
    support::test_graph<TypeParam> graph(rows_for<TypeParam>::dim, 4);
    const auto points = rows_for<TypeParam>::make(500, 213);
    archetypes::executor executor;
    const std::size_t inserted =
        sextant::bulk_build(graph.nodes, graph.codec, archetype_rows<TypeParam>(graph, points), 30, {.executor = &executor});
    support::expect_sound(graph.nodes);
    std::size_t live = 0;
    for (slot id = 0; id < graph.nodes.end(); ++id) live += graph.nodes.at(id).is(sextant::node_state::live) ? 1u : 0u;
    EXPECT_EQ(inserted, live);
    EXPECT_GT(inserted, 400u);
    EXPECT_LT(inserted, 450u) << "a tenth is skipped, and some claims are refused";
}

}  // namespace algorithms_test
