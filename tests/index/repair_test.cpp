#include <sextant/sextant.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "index/support/codec_cases.hpp"
#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "support/words.hpp"

namespace repair_test {

using sextant::no_slot;
using sextant::node_state;
using sextant::slot;

/// Of the ten nearest of each query, the share that a search at this ef finds.
template <class Index>
double recall(const Index& index, const support::matrix<float>& queries, std::size_t ef) {
    std::size_t hits = 0;
    std::size_t wanted = 0;
    for (std::size_t row = 0; row < queries.rows; ++row) {
        const auto exact = index.search_exact(queries[row], 10);
        wanted += exact.size();
        for (const auto& found : index.search(queries[row], 10, {.ef = ef})) {
            hits += std::ranges::any_of(exact, [&](const auto& e) { return e.key == found.key; }) ? 1u : 0u;
        }
    }
    return static_cast<double>(hits) / static_cast<double>(wanted);
}

/// Damages a tenth of the nodes in every way that does not take a vector away, by the graph that tools may look at.
void damage_links(const sextant::graph& nodes, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < nodes.end() / 10; ++i) {
        const auto any = [&](std::size_t below) { return static_cast<slot>(random() % below); };
        const slot id = any(nodes.end());
        sextant::link_list list = nodes.links(id, any(std::size_t{nodes.at(id).level} + 1));
        switch (i % 6) {
            case 0: list.assign({}); break;
            case 1: list.append(any(list.capacity()), any(2 * nodes.end())); break;
            case 2: list.append(any(list.capacity()), no_slot); break;
            case 3: list.append(0, id); break;
            case 4: nodes.at(id).parent = any(nodes.end()); break;
            default: nodes.at(id).children = static_cast<std::uint8_t>(random());
        }
    }
}

TEST(index_integrity, of_a_new_index_is_sound) {
    sextant::index<sextant::l2> index({.dim = 4});
    EXPECT_TRUE(index.validate().ok());
    index.repair();
    EXPECT_TRUE(index.validate().ok());
    EXPECT_TRUE(index.empty());
}

TEST(index_integrity, is_reported_of_a_build_and_of_inserts) {
    const auto points = support::clustered_points(2000, 16, 321);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 8, .ef_construction = 40});
    index.build(support::keys_from(0, 1000), sextant::rows(points.values.data(), 1000, 16));
    for (std::size_t row = 1000; row < 2000; ++row) index.insert(row, points[row]);
    const auto report = index.validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_EQ(report.live, 2000u);
    EXPECT_EQ(report.levels.at(0).nodes, 2000u);
    EXPECT_GT(report.levels.at(0).mean(), 4.0);
    EXPECT_LE(report.levels.at(0).most, 16u);
    EXPECT_LE(report.levels.at(1).most, 8u);
}

template <class Case>
class index_repair : public testing::Test {};

using cases = testing::Types<support::codec_case<sextant::l2, sextant::f32>, support::codec_case<sextant::cosine, sextant::lvq<8>>,
                             support::codec_case<sextant::inner_product, sextant::rerank<sextant::lvq<4>, sextant::f16>>>;
TYPED_TEST_SUITE(index_repair, cases);

TYPED_TEST(index_repair, restores_the_recall_that_damage_took) {
    const auto points = TypeParam::points(3000, 322);
    const auto queries = TypeParam::points(100, 322, 1);
    typename TypeParam::index index({.dim = TypeParam::dim, .degree = 8, .ef_construction = 60});
    index.build(support::keys_from(0, points.rows), sextant::rows(points.values, TypeParam::dim));
    const double before = recall(index, queries, 40);
    damage_links(index.nodes(), 323);
    EXPECT_FALSE(index.validate().ok());
    const auto done = index.repair();
    EXPECT_GT(done.dropped_links, 0u);
    const auto report = index.validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_GE(recall(index, queries, 40), before - 0.02);

    for (std::size_t row = 0; row < 100; ++row) EXPECT_TRUE(index.insert(points.rows + row, queries[row]));
    support::expect_sound(index.nodes());
    for (std::size_t row = 0; row < 100; ++row) EXPECT_EQ(index.search_exact(queries[row], 1).at(0).key, points.rows + row);
}

TEST(index_repair_of_words, restores_the_recall_that_damage_took) {
    const auto words = support::read_words(3000).vectors;
    sextant::index<sextant::cosine> index({.dim = 100, .degree = 16, .ef_construction = 100});
    index.build(support::keys_from(0, 2900), sextant::rows(words.values.data(), 2900, 100));
    const support::matrix<float> queries{100, 100, {words.values.end() - 100 * 100, words.values.end()}};
    const double before = recall(index, queries, 60);
    // Everybody forgets half of the nodes.
    const sextant::graph& nodes = index.nodes();
    for (slot id = 0; id < nodes.end(); ++id) {
        std::vector<sextant::neighbor> kept;
        nodes.links(id).each([&](slot other) {
            if (other % 2 == 0) kept.push_back({0.0f, other});
        });
        nodes.links(id).assign(kept);
    }
    EXPECT_LT(recall(index, queries, 60), 0.6);
    EXPECT_GE(index.repair().linked_in, 1400u);
    EXPECT_TRUE(index.validate().ok());
    EXPECT_GE(recall(index, queries, 60), before - 0.03);
}

TEST(index_repair_of_keys, gives_up_vectors_without_a_key_of_their_own) {
    const auto points = support::clustered_points(500, 8, 324);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 6, .ef_construction = 40});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
    const sextant::graph& nodes = index.nodes();
    // A slot that was taken away behind the index's back leaves a key that leads nowhere.
    for (const slot id : {slot{3}, slot{77}, slot{499}}) nodes.at(id).state = node_state::vacant;
    const auto report = index.validate();
    EXPECT_EQ(report.stray_keys, 3u);
    EXPECT_EQ(report.wrong_size, 3u);
    index.repair();
    EXPECT_TRUE(index.validate().ok());
    EXPECT_EQ(index.size(), 497u);
    EXPECT_FALSE(index.contains(77));
    EXPECT_TRUE(index.contains(78));
    EXPECT_EQ(index.search(points[77], 500, {.ef = 500}).size(), 497u);
}

TEST(index_repair_of_keys, gives_up_the_later_of_two_vectors_under_one_key) {
    const auto points = support::clustered_points(300, 8, 327);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 6, .ef_construction = 40});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
    sextant::index_access::state(index).keys.assign(250, 40);  // slots are rows: nothing was erased
    EXPECT_EQ(index.validate().lost_keys, 1u);
    EXPECT_EQ(index.repair().nodes_given_up, 1u);
    const auto report = index.validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_EQ(index.size(), 299u);
    EXPECT_FALSE(index.contains(250));
    EXPECT_TRUE(std::ranges::equal(index.get(40).value(), points[40]));
    for (const auto& hit : index.search(points[250], 299, {.ef = 300})) EXPECT_NE(hit.distance, 0.0f);
    // Its slot comes back as that of an erased one does.
    EXPECT_TRUE(index.insert(250, points[250]));
    for (std::size_t key = 0; key < 2000; ++key) {
        EXPECT_TRUE(index.erase(key));
        EXPECT_TRUE(index.insert(key + 300, points[key % points.rows]));
    }
    const auto churned = index.validate();
    EXPECT_TRUE(churned.ok()) << to_string(churned);
    EXPECT_LT(churned.dead, 30u);
}

TEST(index_repair_of_erased_vectors, leaves_nothing_that_leads_to_them) {
    const auto points = support::clustered_points(3000, 8, 328);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 8, .ef_construction = 40});
    for (std::size_t row = 0; row < 2000; ++row) index.insert(row, points[row]);
    for (std::size_t row = 0; row < 1000; ++row) {
        EXPECT_TRUE(index.erase(2 * row));
        if (row % 100 != 0) continue;
        const auto report = index.validate();
        ASSERT_TRUE(report.ok()) << to_string(report);
    }
    index.repair();
    const auto repaired = index.validate();
    EXPECT_TRUE(repaired.ok()) << to_string(repaired);
    EXPECT_EQ(repaired.links_to_dead, 0u);
    EXPECT_EQ(index.size(), 1000u);
    for (std::size_t row = 2000; row < 3000; ++row) EXPECT_TRUE(index.insert(row, points[row]));
    const auto refilled = index.validate();
    EXPECT_TRUE(refilled.ok()) << to_string(refilled);
    EXPECT_LT(index.nodes().end(), 2200u) << "slots are used again";
    support::expect_sound(index.nodes());
}

TEST(index_integrity, of_a_mapped_index_is_reported_but_not_mended) {
    const auto points = support::clustered_points(300, 8, 329);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 6, .ef_construction = 40});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row + 7, points[row]);
    const auto path = std::filesystem::temp_directory_path() / ("sextant_repair_" + std::to_string(::getpid()));
    ASSERT_TRUE(sextant::save(index, path));
    {
        auto mapped = sextant::open_mapped<sextant::index<sextant::l2>>(path);
        ASSERT_TRUE(mapped) << mapped.error().message;
        const auto report = mapped->validate();
        EXPECT_TRUE(report.ok()) << to_string(report);
        EXPECT_EQ(report.live, 300u);
        EXPECT_THROW(mapped->repair(), sextant::error);
    }
    auto loaded = sextant::load<sextant::index<sextant::l2>>(path);
    std::filesystem::remove(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(loaded->validate().ok());
    loaded->repair();
    EXPECT_TRUE(loaded->validate().ok());
}

}  // namespace repair_test
