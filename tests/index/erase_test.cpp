#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "index/support/cases.hpp"
#include "index/support/contents.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/recall.hpp"
#include "index/support/soundness.hpp"
#include "index/support/threads.hpp"
#include "support/sanitizers.hpp"

namespace erase_test {

using sextant::hit;
using support::key_of;
using support::life_case;

template <class Case>
class erasing : public testing::Test {
protected:
    using key_type = typename Case::key;

    void insert(std::uint64_t number, std::size_t row) {
        ASSERT_TRUE(index_.insert(key_of<key_type>(number), points_[row]));
        held_.insert(key_of<key_type>(number), row);
    }

    void insert_all() {
        for (std::size_t row = 0; row < points_.rows; ++row) ASSERT_NO_FATAL_FAILURE(insert(row, row));
    }

    void erase(std::uint64_t number) {
        const key_type name = key_of<key_type>(number);
        ASSERT_TRUE(index_.erase(name)) << name;
        ASSERT_FALSE(index_.contains(name));
        ASSERT_FALSE(index_.get(name).has_value());
        held_.erase(name);
        ASSERT_EQ(index_.size(), held_.size());
    }

    support::matrix<typename Case::element> points_ = Case::points(300, 301);
    typename Case::index index_{Case::options};
    support::contents<Case> held_{points_};
    std::mt19937_64 random_{302};
};

using cases = support::kinds_to_test<
    testing::Types<life_case<sextant::l2>, life_case<sextant::cosine, sextant::f32, support::uuid, support::uuid_hash>,
                   life_case<sextant::inner_product, sextant::f32, std::string>, life_case<sextant::hamming>,
                   life_case<support::chebyshev>, life_case<sextant::l2, sextant::u8>,
                   life_case<sextant::l2, sextant::lvq<8>>,
                   life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>, std::string>>,
    testing::Types<life_case<sextant::l2>, life_case<sextant::hamming>,
                   life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>, std::string>>>;
TYPED_TEST_SUITE(erasing, cases);

TYPED_TEST(erasing, what_is_not_there_changes_nothing) {
    using key = typename TypeParam::key;
    EXPECT_FALSE(this->index_.erase(key_of<key>(1)));
    this->insert_all();
    const std::uint32_t before = this->index_.checksum();
    EXPECT_FALSE(this->index_.erase(key_of<key>(this->points_.rows)));
    EXPECT_EQ(this->index_.checksum(), before);
    this->held_.expect_in(this->index_);
}

TYPED_TEST(erasing, takes_a_key_out_of_every_answer) {
    using key = typename TypeParam::key;
    this->insert_all();
    for (std::size_t row = 0; row < this->points_.rows; row += 3) ASSERT_NO_FATAL_FAILURE(this->erase(row));
    this->held_.expect_in(this->index_);

    const std::size_t n = this->held_.size();
    const auto& points = this->points_;
    const auto half = [](const key& name) { return std::hash<std::string>{}(testing::PrintToString(name)) % 2 == 0; };
    for (std::size_t row = 0; row < 9; ++row) {
        // Rows 0, 3 and 6 are gone themselves.
        const auto query = points[row];
        for (const std::size_t ef : {std::size_t{1}, n}) {
            this->held_.expect_valid(this->index_.search(query, n, {.ef = ef}), query);
            EXPECT_EQ(this->index_.search(query, n, {.ef = ef}).size(), n);
            EXPECT_EQ(this->index_.search(query, n + 50, {.ef = ef}).size(), n);
            EXPECT_EQ(this->index_.search(query, 7, {.ef = ef}).size(), 7u);
        }
        const auto everything = support::looking_at_everything<key>();
        auto filtered = everything;
        filtered.filter = half;
        this->held_.expect_nearest(this->index_.search(query, 20, everything, half), query, 20, half);
        this->held_.expect_nearest(this->index_.search(query, n, filtered), query, n, half);
        this->held_.expect_nearest(this->index_.search_exact(query, n, {.filter = half}), query, n, half);
        const auto gone = [&](const key& name) { return !this->held_.contains(name); };
        EXPECT_TRUE(this->index_.search(query, 5, {}, gone).empty()) << "a filter that passes what is gone";
        EXPECT_TRUE(this->index_.search_exact(query, 5, {.filter = gone}).empty());
        const auto batch = this->index_.search_batch(sextant::rows(query, points.dim), n + 5, everything);
        this->held_.expect_nearest(batch[0], query, n + 5);
    }
    for (std::size_t row = 0; row < points.rows; row += 3) EXPECT_FALSE(this->index_.erase(key_of<key>(row))) << "twice";
}

TYPED_TEST(erasing, everything_leaves_an_index_that_fills_again) {
    using key = typename TypeParam::key;
    std::vector<std::size_t> order(this->points_.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (int round = 0; round < 3; ++round) {
        this->insert_all();
        this->held_.expect_in(this->index_);
        std::shuffle(order.begin(), order.end(), this->random_);
        for (const std::size_t row : order) ASSERT_NO_FATAL_FAILURE(this->erase(row));
        EXPECT_TRUE(this->index_.empty());
        EXPECT_TRUE(this->index_.search(this->points_[0], 10).empty());
        EXPECT_TRUE(this->index_.search(this->points_[0], 10, {.ef = 1000}, [](const key&) { return true; }).empty());
        EXPECT_TRUE(this->index_.search_exact(this->points_[0], 10).empty());
    }
}

TYPED_TEST(erasing, where_searches_begin_leaves_them_another_place) {
    using key = typename TypeParam::key;
    this->insert_all();
    // Slots that were never used before are given out in order, so the first rows lie at the slots of their numbers.
    while (!this->index_.empty()) {
        const sextant::entry_point entry = this->index_.nodes().entry();
        ASSERT_TRUE(entry.exists());
        ASSERT_TRUE(this->held_.contains(key_of<key>(entry.id))) << "the search begins at what is gone";
        ASSERT_NO_FATAL_FAILURE(this->erase(entry.id));
        if (this->held_.size() % 20 == 0) {
            ASSERT_NO_FATAL_FAILURE(this->held_.expect_in(this->index_));
        }
    }
    EXPECT_TRUE(this->index_.search(this->points_[0], 10).empty());
    this->insert_all();
    this->held_.expect_in(this->index_);
}

TYPED_TEST(erasing, lets_a_key_come_back_with_another_vector) {
    using key = typename TypeParam::key;
    this->insert_all();
    for (std::size_t i = 0; i < 600; ++i) {
        const std::uint64_t number = this->random_() % this->points_.rows;
        ASSERT_NO_FATAL_FAILURE(this->erase(number));
        ASSERT_NO_FATAL_FAILURE(this->insert(number, this->random_() % this->points_.rows));
        EXPECT_FALSE(this->index_.insert(key_of<key>(number), this->points_[0])) << "it is there again";
    }
    this->held_.expect_in(this->index_);
}

using l2_case = life_case<sextant::l2>;

TEST(erase, of_all_that_is_near_lets_searches_find_what_is_farther) {
    const auto points = support::clustered_points(4000, 16, 311);
    const auto queries = support::clustered_points(20, 16, 311, 1);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 12, .ef_construction = 80});
    index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 16));
    for (std::size_t q = 0; q < queries.rows; ++q) {
        // A hole of a hundred around the query: more than a beam of ef 50 could bridge by itself.
        for (const auto& [key, distance] : index.search_exact(queries[q], 100)) EXPECT_TRUE(index.erase(key));
    }
    EXPECT_EQ(index.size(), 2000u);
    support::expect_sound(index.nodes());
    sextant::index<sextant::l2> fresh(index.options());
    for (std::size_t row = 0; row < points.rows; ++row) {
        if (index.contains(row)) fresh.insert(row, points[row]);
    }
    double found = 0.0;
    double found_by_fresh = 0.0;
    for (std::size_t q = 0; q < queries.rows; ++q) {
        const auto truth = fresh.search_exact(queries[q], 10);
        const auto hits = index.search(queries[q], 10, {.ef = 50});
        EXPECT_EQ(hits.size(), 10u);
        found += support::recall(hits, truth);
        found_by_fresh += support::recall(fresh.search(queries[q], 10, {.ef = 50}), truth);
    }
    EXPECT_GE(found, found_by_fresh - 0.4) << "of " << queries.rows;
}

TEST(erase, while_looking_through_an_answer) {
    const auto points = l2_case::points(1000, 312);
    l2_case::index index(l2_case::options);
    support::contents<l2_case> held(points);
    for (std::size_t row = 0; row < points.rows; ++row) {
        index.insert(row, points[row]);
        held.insert(row, row);
    }
    std::vector<hit<>> out(50);
    for (std::size_t round = 0; round < 8; ++round) {
        for (const auto& [key, distance] : index.search(points[round], 50)) {
            EXPECT_TRUE(index.erase(key));
            EXPECT_TRUE(held.erase(key));
        }
        for (const auto& [key, distance] : index.search_into(points[round], out)) {
            EXPECT_TRUE(index.erase(key));
            EXPECT_TRUE(held.erase(key));
        }
        const auto batch = index.search_batch(sextant::rows(points[round], l2_case::dim), 5);
        for (const auto& [key, distance] : batch[0]) {
            EXPECT_TRUE(index.erase(key));
            EXPECT_TRUE(held.erase(key));
        }
        held.expect_in(index);
    }
    EXPECT_EQ(index.size(), 1000u - 8 * 105);
}

TEST(erase, and_insert_from_within_a_filter_reach_later_searches_only_for_sure) {
    const auto points = l2_case::points(1500, 313);
    l2_case::index index(l2_case::options);
    for (std::size_t row = 0; row < 600; ++row) index.insert(row, points[row]);
    std::uint64_t next = 600;
    std::size_t asked = 0;
    for (std::size_t query = 0; query < 40; ++query) {
        std::vector<std::uint64_t> erased;
        const auto filter = [&](std::uint64_t key) {
            ++asked;
            if (key % 3 == 0 && erased.size() < 10 && index.erase(key)) {
                // Slots that become free are wanted at once, while this very search still looks around.
                erased.push_back(key);
                EXPECT_TRUE(index.insert(next, points[next % points.rows]));
                ++next;
            }
            return key % 2 == 0;
        };
        const auto hits = index.search(points[query], 10, {.ef = 80}, filter);
        EXPECT_EQ(hits.size(), 10u);
        for (const auto& h : hits) EXPECT_EQ(h.key % 2, 0u);
        for (const std::uint64_t key : erased) {
            EXPECT_FALSE(index.contains(key));
            EXPECT_TRUE(index.search(points[query], 1, {}, [&](std::uint64_t other) { return other == key; }).empty());
        }
    }
    EXPECT_GT(asked, 400u);
    EXPECT_GT(next, 700u);
    EXPECT_EQ(index.size(), 600u);
    EXPECT_EQ(index.search_exact(points[0], 1000).size(), 600u);
    EXPECT_EQ(index.search(points[0], 1000, {.ef = 1'000'000}).size(), 600u);
    support::expect_sound(index.nodes());
}

TEST(erase, from_within_the_progress_of_a_build) {
    const auto points = l2_case::points(3000, 314);
    l2_case::index index(l2_case::options);
    support::contents<l2_case> held(points);
    for (std::size_t row = 0; row < 500; ++row) {
        index.insert(row, points[row]);
        held.insert(row, row);
    }
    const std::size_t fresh = points.rows - 500;
    std::uint64_t old_key = 0;
    std::size_t calls = 0;
    const auto progress = [&](std::size_t done, std::size_t) {
        ++calls;
        for (int i = 0; i < 20 && old_key < 500; ++i, ++old_key) {
            EXPECT_TRUE(index.erase(old_key));
            held.erase(old_key);
        }
        // And one of those that the build has just made.
        if (done > 0 && index.erase(500 + done - 1)) held.erase(500 + done - 1);
    };
    for (std::size_t row = 500; row < points.rows; ++row) held.insert(row, row);
    EXPECT_EQ(index.build(support::keys_from(500, fresh), sextant::rows(points.values.data() + 500 * l2_case::dim, fresh, l2_case::dim),
                          {.progress = progress}),
              fresh);
    EXPECT_GT(calls, 3u);
    EXPECT_LT(held.size(), points.rows - 20);
    held.expect_in(index);
}

TEST(erase, of_copies_of_one_vector_leaves_the_others) {
    for (const std::size_t degree : {2u, 8u}) {
        const auto points = support::identical_points(400, 4);
        sextant::index<sextant::l2> index({.dim = 4, .degree = degree, .ef_construction = 20});
        for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
        for (std::size_t row = 0; row < points.rows; ++row) {
            ASSERT_TRUE(index.erase(row));
            const std::size_t left = points.rows - row - 1;
            ASSERT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), left);
            support::expect_sound(index.nodes());
        }
    }
}

TEST(erase, of_every_other_vector_of_a_line_keeps_it_whole) {
    const auto points = support::collinear_points(600, 3);
    sextant::index<sextant::l2> index({.dim = 3, .degree = 2, .ef_construction = 10});
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
    for (std::size_t step = 2; step < 64; step *= 2) {
        for (std::size_t row = step / 2; row < points.rows; row += step) ASSERT_TRUE(index.erase(row));
        support::expect_sound(index.nodes());
        for (std::size_t row = 0; row < points.rows; row += step) {
            const auto hits = index.search(points[row], 2, {.ef = 30});
            ASSERT_EQ(hits.size(), 2u);
            ASSERT_EQ(hits[0], (hit<>{row, 0.0f}));
        }
    }
}

TEST(erase, at_the_smallest_degree_strands_nobody) {
    const auto points = support::clustered_points(1200, 8, 315);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 2, .ef_construction = 20});
    std::mt19937_64 random(316);
    for (std::size_t row = 0; row < 400; ++row) index.insert(row, points[row]);
    for (std::size_t row = 400; row < points.rows; ++row) {
        ASSERT_TRUE(index.erase(row - 400));
        ASSERT_TRUE(index.insert(row, points[row]));
        if (row % 40 != 0) continue;
        support::expect_sound(index.nodes());
        ASSERT_EQ(index.search(points[row], 500, {.ef = 1'000'000}).size(), 400u);
    }
}

TEST(erase, needs_no_copy_of_the_key) {
    using support::fragile_key;
    const std::int64_t before = fragile_key::living;
    {
        const auto points = support::grid_points(200, 8, 317);
        sextant::index<sextant::l2, sextant::f32, fragile_key, support::fragile_hash> index({.dim = 8, .degree = 4, .ef_construction = 20});
        for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
        const std::int64_t full = fragile_key::living;
        for (int round = 0; round < 3; ++round) {
            {
                const support::copy_limit none(0);
                for (std::size_t row = 0; row < points.rows; ++row) ASSERT_TRUE(index.erase(row));
            }
            for (std::size_t row = 0; row < points.rows; ++row) ASSERT_TRUE(index.insert(row, points[row]));
        }
        EXPECT_LE(fragile_key::living, full + full / 10) << "keys of reused slots are not kept beside the new ones";
    }
    EXPECT_EQ(fragile_key::living, before);
}

TEST(erase, makes_room_for_as_much_again_a_hundred_times) {
    constexpr std::size_t count = support::sanitized ? 300 : 1000;
    const auto points = support::clustered_points(count + 400, 24, 318);
    for (const bool built : {false, true}) {
        sextant::index<sextant::l2> index({.dim = 24, .degree = 8, .ef_construction = 20});
        std::size_t first = 0;
        std::size_t most = 0;
        for (std::uint64_t round = 0; round < 100; ++round) {
            // Other keys and other vectors every time.
            const std::size_t shift = round % 400;
            if (built) {
                index.build(support::keys_from(round * count, count), sextant::rows(points.values.data() + shift * 24, count, 24));
            } else {
                for (std::size_t row = 0; row < count; ++row) ASSERT_TRUE(index.insert(round * count + row, points[row + shift]));
            }
            ASSERT_EQ(index.size(), count);
            most = std::max(most, index.memory_usage().total());
            if (round == 0) first = most;
            if (round % 33 == 0) {
                ASSERT_EQ(index.search(points[shift], count, {.ef = 1'000'000}).size(), count);
                ASSERT_EQ(index.search(points[shift], 1)[0], (hit<>{round * count, 0.0f}));
            }
            for (std::size_t row = 0; row < count; ++row) ASSERT_TRUE(index.erase(round * count + row));
            ASSERT_TRUE(index.empty());
        }
        EXPECT_LE(static_cast<double>(most), 1.05 * static_cast<double>(first)) << (built ? "built" : "inserted");
        RecordProperty(built ? "built" : "inserted", std::to_string(static_cast<double>(most) / static_cast<double>(first)));
    }
}

TEST(erase, of_one_by_one_beside_inserts_takes_no_more_memory_than_a_little) {
    constexpr std::size_t count = support::sanitized ? 300 : 2000;
    const auto points = support::clustered_points(2 * count, 24, 319);
    sextant::index<sextant::l2> index({.dim = 24, .degree = 8, .ef_construction = 20});
    for (std::size_t row = 0; row < count; ++row) index.insert(row, points[row]);
    const std::size_t before = index.nodes().end();
    for (std::uint64_t key = count; key < 20 * count; ++key) {
        ASSERT_TRUE(index.erase(key - count));
        ASSERT_TRUE(index.insert(key, points[key % points.rows]));
    }
    EXPECT_EQ(index.size(), count);
    EXPECT_LE(static_cast<double>(index.nodes().end()), 1.05 * static_cast<double>(before) + 64) << "slots are used again";
}

TEST(erase, and_insert_of_one_key_from_all_threads_take_turns) {
    const auto points = support::clustered_points(64, 8, 320);
    for (const std::size_t others : {0u, 50u}) {
        sextant::index<sextant::l2> index({.dim = 8, .degree = 4, .ef_construction = 20});
        for (std::size_t row = 0; row < others; ++row) index.insert(1000 + row, points[row]);
        std::atomic<std::int64_t> inserted = 0;
        std::atomic<std::int64_t> erased = 0;
        support::run_threads(4, [&](std::size_t thread) {
            for (std::size_t i = 0; i < (support::sanitized ? 300u : 3000u); ++i) {
                inserted += index.insert(7, points[(thread * 16 + i) % 64]) ? 1 : 0;
                const auto hits = index.search(points[thread], 1 + others);
                EXPECT_LE(std::ranges::count(hits, 7u, &hit<>::key), 1);
                EXPECT_GE(hits.size(), others);
                erased += index.erase(7) ? 1 : 0;
            }
        });
        EXPECT_GT(inserted, 0);
        EXPECT_EQ(inserted, erased) << "each thread erases last, so nothing can be left";
        EXPECT_FALSE(index.contains(7));
        EXPECT_EQ(index.size(), others);
        EXPECT_EQ(index.search(points[0], 100).size(), others);
        EXPECT_TRUE(index.insert(7, points[0]));
        EXPECT_EQ(index.search(points[0], 100).size(), others + 1);
        support::expect_sound(index.nodes());
    }
}

TEST(erase, of_everything_from_all_threads_empties_the_index_once) {
    const auto points = support::clustered_points(support::sanitized ? 200 : 1500, 8, 321);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 4, .ef_construction = 20});
    for (int round = 0; round < 4; ++round) {
        for (std::size_t row = 0; row < points.rows; ++row) ASSERT_TRUE(index.insert(row, points[row]));
        std::atomic<std::size_t> erased = 0;
        support::run_threads(4, [&](std::size_t thread) {
            for (std::size_t i = 0; i < points.rows; ++i) {
                const std::size_t row = thread % 2 == 0 ? i : points.rows - 1 - i;
                erased += index.erase(row) ? 1u : 0u;
                EXPECT_FALSE(index.contains(row));
            }
        });
        EXPECT_EQ(erased, points.rows);
        EXPECT_TRUE(index.empty());
        EXPECT_TRUE(index.search(points[0], 5).empty());
    }
}

}  // namespace erase_test
