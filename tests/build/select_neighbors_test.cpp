#include <sextant/build/select_neighbors.hpp>
#include <sextant/codec/bits.hpp>
#include <sextant/codec/float.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <set>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/test_graph.hpp"

namespace select_neighbors_test {

using sextant::neighbor;
using sextant::slot;

/// The rule as the HNSW paper states it (algorithm 4), one distance at a time.
template <class Graph>
std::vector<neighbor> choose(Graph& graph, const support::matrix<typename Graph::element>& points,
                             const std::vector<neighbor>& candidates, std::size_t links, const std::set<slot>& pinned) {
    std::size_t pins_left = 0;
    for (const neighbor& c : candidates) pins_left += pinned.count(c.id);
    std::vector<neighbor> kept;
    for (const neighbor& c : candidates) {
        if (pinned.count(c.id) != 0) {
            kept.push_back(c);
            --pins_left;
            continue;
        }
        if (kept.size() + pins_left == links) continue;
        const auto from_candidate = graph.scorer_of(points[c.id]);
        const bool covered = std::any_of(kept.begin(), kept.end(), [&](const neighbor& k) {
            return from_candidate(k.id) < c.distance;
        });
        if (!covered) kept.push_back(c);
    }
    return kept;
}

template <class Codec>
class select_neighbors : public testing::Test {
protected:
    using element = typename Codec::element;
    static constexpr std::size_t count = 300;
    static constexpr std::size_t length = 6;

    select_neighbors() : graph_(std::is_same_v<element, float> ? length : length * 8) {
        if constexpr (std::is_same_v<element, float>) {
            points_ = support::grid_points(count, length, 41, 3);
        } else {
            points_ = support::random_codes(count, length, 41);
        }
        for (std::size_t row = 0; row < count; ++row) graph_.add(points_[row]);
    }

    /// Random nodes, ranked by their distance to node `base`.
    std::vector<neighbor> candidates_of(slot base, std::size_t n) {
        const auto score = graph_.scorer_of(points_[base]);
        std::set<slot> ids;
        while (ids.size() < n) {
            const auto id = static_cast<slot>(random_() % count);
            if (id != base) ids.insert(id);
        }
        std::vector<neighbor> candidates;
        for (const slot id : ids) candidates.push_back({score(id), id});
        std::sort(candidates.begin(), candidates.end());
        return candidates;
    }

    std::vector<neighbor> select(const std::vector<neighbor>& candidates, std::size_t links, const std::set<slot>& pinned) {
        space_.reserve(candidates.size(), links, graph_.codec.query_bytes());
        sextant::select_neighbors(
            graph_.nodes, graph_.codec, std::span<const neighbor>(candidates), links,
            [&](slot id) { return pinned.count(id) != 0; }, space_);
        EXPECT_EQ(space_.codes.size(), space_.kept.size());
        return space_.kept;
    }

    support::matrix<element> points_;
    support::test_graph<Codec> graph_;
    sextant::selection_space space_;
    std::mt19937_64 random_{42};
};

using codecs = testing::Types<sextant::f32_codec<sextant::l2>, sextant::f32_codec<sextant::inner_product>, sextant::bits_codec>;
TYPED_TEST_SUITE(select_neighbors, codecs);

TYPED_TEST(select_neighbors, follows_the_rule_of_the_paper) {
    std::size_t full = 0;
    std::size_t pruned = 0;
    for (int round = 0; round < 200; ++round) {
        const auto base = static_cast<slot>(this->random_() % this->count);
        const auto candidates = this->candidates_of(base, 1 + this->random_() % 100);
        const std::size_t links = 1 + this->random_() % 20;
        const auto kept = this->select(candidates, links, {});
        ASSERT_EQ(kept, choose(this->graph_, this->points_, candidates, links, {})) << "round " << round;
        ASSERT_EQ(kept.front(), candidates.front()) << "the nearest is always kept";
        full += kept.size() == links ? 1u : 0u;
        pruned += kept.size() < std::min(links, candidates.size()) ? 1u : 0u;
    }
    EXPECT_GT(full, 10u) << "the data must reach both ends of the rule";
    EXPECT_GT(pruned, 10u);
}

TYPED_TEST(select_neighbors, keeps_what_is_pinned) {
    std::size_t saved = 0;
    for (int round = 0; round < 200; ++round) {
        const auto base = static_cast<slot>(this->random_() % this->count);
        const auto candidates = this->candidates_of(base, 1 + this->random_() % 60);
        const std::size_t links = 1 + this->random_() % 16;
        std::set<slot> pinned;
        for (std::size_t i = this->random_() % (std::min(links, candidates.size()) + 1); i > 0; --i) {
            pinned.insert(candidates[this->random_() % candidates.size()].id);
        }
        const auto kept = this->select(candidates, links, pinned);
        ASSERT_EQ(kept, choose(this->graph_, this->points_, candidates, links, pinned)) << "round " << round;
        ASSERT_LE(kept.size(), links);
        for (const slot id : pinned) {
            ASSERT_TRUE(std::any_of(kept.begin(), kept.end(), [&](const neighbor& k) { return k.id == id; }));
        }
        const auto without = this->select(candidates, links, {});
        saved += kept != without ? 1u : 0u;
    }
    EXPECT_GT(saved, 20u) << "pins must have made a difference";
}

TYPED_TEST(select_neighbors, keeps_only_the_pinned_when_they_fill_the_list) {
    const auto candidates = this->candidates_of(0, 30);
    const std::set<slot> pinned{candidates[29].id, candidates[7].id, candidates[11].id};
    const auto kept = this->select(candidates, 3, pinned);
    EXPECT_EQ(kept, (std::vector<neighbor>{candidates[7], candidates[11], candidates[29]}));
}

TYPED_TEST(select_neighbors, of_no_candidates_keeps_none) { EXPECT_TRUE(this->select({}, 8, {}).empty()); }

TEST(select_neighbors_rule, spreads_links_over_directions) {
    // On a line, one neighbour on each side covers all others.
    support::l2_graph graph(1);
    for (const float x : {0.0f, 1.0f, 2.0f, 3.0f, -1.5f, -2.0f}) graph.add({&x, 1});
    std::vector<neighbor> candidates{{1.0f, 1}, {2.25f, 4}, {4.0f, 2}, {4.0f, 5}, {9.0f, 3}};
    sextant::selection_space space;
    space.reserve(5, 4, graph.codec.query_bytes());
    sextant::select_neighbors(graph.nodes, graph.codec, std::span<const neighbor>(candidates), 4, [](slot) { return false; }, space);
    EXPECT_EQ(space.kept, (std::vector<neighbor>{{1.0f, 1}, {2.25f, 4}}));
}

TEST(select_neighbors_rule, keeps_copies_of_one_vector_up_to_the_limit) {
    support::l2_graph graph(4);
    graph.insert(support::identical_points(10, 4));
    std::vector<neighbor> candidates;
    for (slot id = 1; id < 10; ++id) candidates.push_back({0.0f, id});
    sextant::selection_space space;
    space.reserve(9, 6, graph.codec.query_bytes());
    sextant::select_neighbors(graph.nodes, graph.codec, std::span<const neighbor>(candidates), 6, [](slot) { return false; }, space);
    EXPECT_EQ(space.kept.size(), 6u) << "none is nearer to another than to the base";
}

}  // namespace select_neighbors_test
