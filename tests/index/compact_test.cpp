#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "index/support/contents.hpp"
#include "index/support/held_out.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/soundness.hpp"

namespace compact_test {

using sextant::slot_order;
using support::key_of;
using support::life_case;

constexpr slot_order orders[] = {slot_order::by_slot, slot_order::by_locality};

const char* name_of(slot_order order) { return order == slot_order::by_slot ? "by slot" : "by locality"; }

template <class Case>
class compacting : public testing::Test {
protected:
    using key_type = typename Case::key;
    using index_type = typename Case::index;

    void insert(index_type& tested, support::contents<Case>& held, std::size_t first, std::size_t end) const {
        for (std::size_t row = first; row < end; ++row) {
            ASSERT_TRUE(tested.insert(key_of<key_type>(row), points_[row]));
            held.insert(key_of<key_type>(row), row);
        }
    }

    /// Erases all but one row in `step`.
    void thin(index_type& tested, support::contents<Case>& held, std::size_t step) const {
        for (std::size_t row = 0; row < points_.rows; ++row) {
            if (row % step == 1) continue;
            ASSERT_EQ(tested.erase(key_of<key_type>(row)), held.erase(key_of<key_type>(row)));
        }
    }

    support::matrix<typename Case::element> points_ = Case::points(600, 341);
};

using cases = testing::Types<life_case<sextant::l2>, life_case<sextant::cosine, sextant::lvq<8>, support::uuid, support::uuid_hash>,
                             life_case<sextant::hamming, sextant::bits, std::string>,
                             life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>, std::string>>;
TYPED_TEST_SUITE(compacting, cases);

TYPED_TEST(compacting, keeps_every_key_and_vector_and_leaves_no_gap) {
    for (const slot_order order : orders) {
        SCOPED_TRACE(name_of(order));
        for (const std::size_t step : {2u, 7u}) {
            typename TypeParam::index index(TypeParam::options);
            support::contents<TypeParam> held(this->points_);
            this->insert(index, held, 0, this->points_.rows);
            this->thin(index, held, step);
            std::vector<std::vector<typename TypeParam::element>> before;
            for (const auto& [name, row] : held.rows()) before.push_back(index.get(name).value());

            index.compact({.order = order});
            EXPECT_EQ(index.nodes().end(), held.size());
            held.expect_in(index);
            std::size_t i = 0;
            for (const auto& [name, row] : held.rows()) EXPECT_EQ(index.get(name), before[i++]) << "to the last bit";
            for (std::size_t row = 0; row < this->points_.rows; ++row) {
                const auto name = key_of<typename TypeParam::key>(row);
                ASSERT_EQ(index.contains(name), held.contains(name));
            }
        }
    }
}

TYPED_TEST(compacting, leaves_an_index_that_lives_on) {
    for (const slot_order order : orders) {
        SCOPED_TRACE(name_of(order));
        typename TypeParam::index index(TypeParam::options);
        support::contents<TypeParam> held(this->points_);
        this->insert(index, held, 0, 400);
        for (int round = 0; round < 3; ++round) {
            this->thin(index, held, 3);
            index.compact({.order = order});
            held.expect_in(index);
            for (std::size_t row = 0; row < this->points_.rows; ++row) {
                const auto name = key_of<typename TypeParam::key>(row);
                const std::size_t other = (row + 50) % this->points_.rows;
                ASSERT_EQ(index.insert_or_assign(name, this->points_[other]), held.insert_or_assign(name, other));
            }
            held.expect_in(index);
        }
    }
}

TYPED_TEST(compacting, an_emptied_index_takes_no_more_than_a_new_one) {
    for (const slot_order order : orders) {
        SCOPED_TRACE(name_of(order));
        typename TypeParam::index index(TypeParam::options);
        support::contents<TypeParam> held(this->points_);
        index.compact({.order = order});
        EXPECT_TRUE(index.empty());
        this->insert(index, held, 0, this->points_.rows);
        for (std::size_t row = 0; row < this->points_.rows; ++row) {
            ASSERT_TRUE(index.erase(key_of<typename TypeParam::key>(row)));
            held.erase(key_of<typename TypeParam::key>(row));
        }
        index.compact({.order = order});
        EXPECT_TRUE(index.empty());
        EXPECT_EQ(index.nodes().end(), 0u);
        EXPECT_FALSE(index.nodes().entry().exists());
        EXPECT_LT(index.memory_usage().total(), 4096u);
        EXPECT_TRUE(index.search(this->points_[0], 3).empty());
        this->insert(index, held, 0, this->points_.rows);
        held.expect_in(index);
    }
}

using l2_case = life_case<sextant::l2>;

TEST(compact, gives_back_the_memory_of_what_is_gone) {
    const auto points = support::clustered_points(20'000, 48, 342);
    for (const slot_order order : orders) {
        SCOPED_TRACE(name_of(order));
        sextant::index<sextant::l2> index({.dim = 48, .degree = 8, .ef_construction = 20});
        sextant::index<sextant::l2> fresh(index.options());
        index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 48));
        const std::size_t full = index.memory_usage().total();
        for (std::size_t row = 0; row < points.rows; ++row) {
            if (row % 10 != 0) {
                index.erase(row);
            } else {
                fresh.insert(row, points[row]);
            }
        }
        EXPECT_GE(index.memory_usage().total(), full / 2) << "erase alone gives nothing back";
        index.compact({.order = order});
        EXPECT_LE(static_cast<double>(index.memory_usage().total()), 1.05 * static_cast<double>(fresh.memory_usage().total()));
        EXPECT_EQ(index.size(), 2000u);
        support::expect_sound(index.nodes());
    }
}

TEST(compact, by_slot_of_a_full_index_changes_nothing) {
    const auto points = support::clustered_points(2000, 16, 343);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 8, .ef_construction = 40});
    index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 16));
    const std::uint32_t sum = index.checksum();
    const auto answer = index.search(points[3], 100, {.ef = 200});
    index.compact({.order = slot_order::by_slot});
    EXPECT_EQ(index.checksum(), sum);
    EXPECT_EQ(index.search(points[3], 100, {.ef = 200}), answer);
}

TEST(compact, by_slot_keeps_which_of_equals_is_older) {
    const auto points = support::identical_points(300, 4);
    sextant::index<sextant::l2> index({.dim = 4, .degree = 6, .ef_construction = 40});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
    for (std::size_t row = 0; row < points.rows; row += 2) index.erase(row);
    index.compact({.order = slot_order::by_slot});
    const auto hits = index.search_exact(points[0], 150);
    ASSERT_EQ(hits.size(), 150u);
    for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(hits[i].key, 2 * i + 1);
}

TEST(compact, makes_the_same_graph_every_time) {
    const auto points = support::clustered_points(1500, 16, 344);
    for (const slot_order order : orders) {
        SCOPED_TRACE(name_of(order));
        std::vector<std::uint32_t> sums;
        for (int run = 0; run < 2; ++run) {
            sextant::index<sextant::l2> index({.dim = 16, .degree = 8, .ef_construction = 40});
            index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 16));
            for (std::size_t row = 0; row < points.rows; row += 3) index.erase(row);
            index.compact({.order = order});
            sums.push_back(index.checksum());
        }
        EXPECT_EQ(sums[0], sums[1]);
    }
}

TEST(compact, by_locality_brings_neighbours_together_and_keeps_recall) {
    const support::held_out_words words(support::some_words);
    sextant::index<sextant::cosine> index({.dim = words.base.dim, .degree = 16, .ef_construction = 100});
    index.build(support::keys_from(0, words.base.rows), sextant::rows(words.base.values, words.base.dim));
    // What a search reads at one time are the neighbours of a node: how many of them follow each other in memory.
    const auto side_by_side = [&] {
        std::size_t pairs = 0;
        for (sextant::slot id = 0; id < index.nodes().end(); ++id) {
            std::vector<sextant::slot> ids;
            index.nodes().links(id).each([&](sextant::slot other) { ids.push_back(other); });
            std::sort(ids.begin(), ids.end());
            for (std::size_t i = 1; i < ids.size(); ++i) pairs += ids[i] - ids[i - 1] <= 2 ? 1u : 0u;
        }
        return pairs;
    };
    const double recall = words.recall(index, 50);
    const std::size_t scattered = side_by_side();
    index.compact({.order = slot_order::by_locality});
    EXPECT_GT(side_by_side(), 2 * scattered);
    RecordProperty("side_by_side", std::to_string(side_by_side()) + " after " + std::to_string(scattered));
    // The same graph under other numbers: only where the search stops among equals may differ.
    EXPECT_NEAR(words.recall(index, 50), recall, 0.005);
}

/// No two of them agree.
struct salted_hash {
    std::size_t salt;

    explicit salted_hash(std::size_t secret = ++salts) : salt(secret) {}
    std::size_t operator()(std::uint64_t key) const noexcept { return (key + salt) * 0x9E3779B97F4A7C15; }

    static inline std::size_t salts = 0;
};

TEST(compact, finds_keys_by_a_hash_with_a_secret) {
    sextant::index<sextant::l2, sextant::f32, std::uint64_t, salted_hash> index({.dim = 2});
    for (std::uint64_t key = 0; key < 300; ++key) index.insert(key, {static_cast<float>(key), 1.0f});
    for (std::uint64_t key = 0; key < 300; key += 3) index.erase(key);
    index.compact();
    for (std::uint64_t key = 0; key < 300; ++key) EXPECT_EQ(index.contains(key), key % 3 != 0);
    EXPECT_TRUE(index.validate().ok());
}

}  // namespace compact_test
