#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "index/support/contents.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/refusals.hpp"
#include "index/support/soundness.hpp"
#include "index/support/threads.hpp"
#include "support/sanitizers.hpp"

namespace update_test {

using sextant::errc;
using sextant::hit;
using support::expect_error;
using support::key_of;
using support::life_case;

template <class Case>
class updating : public testing::Test {
protected:
    void assign(std::uint64_t number, std::size_t row) {
        const auto name = key_of<typename Case::key>(number);
        ASSERT_EQ(index_.insert_or_assign(name, points_[row]), held_.insert_or_assign(name, row));
        ASSERT_EQ(index_.size(), held_.size());
        ASSERT_NO_FATAL_FAILURE(held_.expect_stored(index_.get(name), points_[row]));
    }

    support::matrix<typename Case::element> points_ = Case::points(400, 331);
    typename Case::index index_{Case::options};
    support::contents<Case> held_{points_};
    std::mt19937_64 random_{332};
};

using cases = testing::Types<life_case<sextant::l2>, life_case<sextant::cosine, sextant::f32, support::uuid, support::uuid_hash>,
                             life_case<sextant::hamming, sextant::bits, std::string>, life_case<sextant::l2, sextant::u8>,
                             life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>>>;
TYPED_TEST_SUITE(updating, cases);

TYPED_TEST(updating, inserts_what_is_not_there_and_replaces_what_is) {
    for (std::size_t i = 0; i < 1500; ++i) {
        ASSERT_NO_FATAL_FAILURE(this->assign(this->random_() % 300, this->random_() % this->points_.rows));
    }
    EXPECT_GT(this->held_.size(), 250u);
    this->held_.expect_in(this->index_);
}

TYPED_TEST(updating, a_lone_key_over_and_over_stays_alone) {
    for (std::size_t i = 0; i < 300; ++i) {
        ASSERT_NO_FATAL_FAILURE(this->assign(5, i));
        const auto hits = this->index_.search(this->points_[0], 10);
        ASSERT_EQ(hits.size(), 1u);
        this->held_.expect_valid(hits, this->points_[0]);
    }
    EXPECT_LT(this->index_.nodes().end(), 100u) << "slots are used again";
}

TYPED_TEST(updating, to_the_same_vector_changes_no_answer) {
    for (std::size_t row = 0; row < 200; ++row) ASSERT_NO_FATAL_FAILURE(this->assign(row, row));
    for (std::size_t row = 0; row < 200; ++row) ASSERT_NO_FATAL_FAILURE(this->assign(row, row));
    this->held_.expect_in(this->index_);
}

TYPED_TEST(updating, takes_the_key_away_from_where_it_was) {
    for (std::size_t row = 0; row < 200; ++row) ASSERT_NO_FATAL_FAILURE(this->assign(row, row));
    for (std::size_t row = 0; row < 200; ++row) {
        ASSERT_NO_FATAL_FAILURE(this->assign(row, row + 200));
        const auto old_place = this->index_.search(this->points_[row], 20, {.ef = 100});
        ASSERT_NO_FATAL_FAILURE(this->held_.expect_valid(old_place, this->points_[row]));
    }
    this->held_.expect_in(this->index_);
}

TEST(update, refuses_a_bad_vector_and_keeps_the_old_one) {
    sextant::index<sextant::cosine> index({.dim = 3});
    const std::vector<float> good{1.0f, 2.0f, 3.0f};
    index.insert(1, good);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const std::uint64_t key : {1u, 2u}) {
        expect_error(errc::dimension_mismatch, [&] { index.insert_or_assign(key, std::vector{1.0f, 2.0f}); });
        expect_error(errc::not_finite, [&] { index.insert_or_assign(key, std::vector{1.0f, nan, 3.0f}); });
        expect_error(errc::zero_vector, [&] { index.insert_or_assign(key, std::vector{0.0f, 0.0f, 0.0f}); });
    }
    EXPECT_EQ(index.size(), 1u);
    EXPECT_EQ(index.get(1), good);
    EXPECT_FALSE(index.contains(2));
    EXPECT_EQ(index.search(good, 5).size(), 1u);
}

TEST(update, whose_key_cannot_be_copied_keeps_the_old_vector) {
    using support::fragile_key;
    const auto points = support::grid_points(100, 8, 333);
    sextant::index<sextant::l2, sextant::f32, fragile_key, support::fragile_hash> index({.dim = 8, .degree = 4, .ef_construction = 20});
    for (std::size_t row = 0; row < 50; ++row) index.insert(row, points[row]);
    for (std::size_t row = 0; row < 60; ++row) {
        const bool known = row < 50;
        for (std::int64_t copies = 0;; ++copies) {
            const support::copy_limit limit(copies);
            try {
                ASSERT_EQ(index.insert_or_assign(row, points[row + 40]), !known);
                break;
            } catch (const std::runtime_error&) {
                ASSERT_EQ(index.contains(row), known);
                ASSERT_EQ(index.size(), std::max<std::size_t>(row, 50));
                if (known) {
                    ASSERT_TRUE(std::ranges::equal(index.get(row).value(), points[row]));
                }
            }
        }
        ASSERT_TRUE(std::ranges::equal(index.get(row).value(), points[row + 40]));
    }
    EXPECT_EQ(index.search_exact(points[0], 1000).size(), 60u);
    support::expect_sound(index.nodes());
}

/// Vectors that say what they are: version v of key n is (v + 1)·base(n), so that a mix of two versions is neither.
struct versions {
    static constexpr std::size_t dim = 12;
    static constexpr std::size_t count = 8;

    explicit versions(std::size_t keys) : base(support::grid_points(keys, dim, 334, 4)) {}

    std::vector<float> operator()(std::size_t key, std::size_t version) const {
        std::vector<float> vector(base[key].begin(), base[key].end());
        for (float& value : vector) value *= static_cast<float>(version + 1);
        return vector;
    }

    bool has(std::size_t key, std::span<const float> vector) const {
        for (std::size_t v = 0; v < count; ++v) {
            if (std::ranges::equal((*this)(key, v), vector)) return true;
        }
        return false;
    }

    /// Whether some version of a key is that far from a query.
    bool at(std::size_t key, std::span<const float> query, float distance) const {
        for (std::size_t v = 0; v < count; ++v) {
            if (support::squared_difference((*this)(key, v), query).value == double{distance}) return true;
        }
        return false;
    }

    support::matrix<float> base;
};

TEST(update, while_others_look_shows_them_the_old_vector_or_the_new) {
    const std::size_t keys = support::sanitized ? 40 : 150;
    const versions vectors(keys);
    sextant::index<sextant::l2> index({.dim = versions::dim, .degree = 6, .ef_construction = 40});
    for (std::size_t key = 0; key < keys; ++key) index.insert(key, vectors(key, 0));

    std::atomic<std::size_t> writing = 2;
    std::atomic<std::size_t> looked = 0;
    support::run_threads(4, [&](std::size_t thread) {
        std::mt19937_64 random(335 + thread);
        if (thread < 2) {
            const std::size_t steps = support::sanitized ? 600 : 8000;
            // At least so many, and until the readers have looked.
            for (std::size_t i = 0; i < steps || looked < 100; ++i) {
                const std::size_t key = random() % keys;
                EXPECT_FALSE(index.insert_or_assign(key, vectors(key, random() % versions::count)));
            }
            --writing;
            return;
        }
        std::vector<float> stored(versions::dim);
        while (writing > 0) {
            const std::size_t key = random() % keys;
            const auto query = vectors(random() % keys, random() % versions::count);
            EXPECT_TRUE(index.contains(key));
            EXPECT_TRUE(index.get_into(key, stored));
            EXPECT_TRUE(vectors.has(key, stored)) << "a vector half written";
            EXPECT_EQ(index.size(), keys);
            const auto expect_valid = [&](std::span<const hit<>> hits) {
                std::vector<std::size_t> met(keys, 0);
                for (const auto& h : hits) {
                    ASSERT_LT(h.key, keys);
                    EXPECT_EQ(++met[h.key], 1u) << "the old vector and the new one";
                    EXPECT_TRUE(vectors.at(h.key, query, h.distance)) << "the distance of no version";
                }
            };
            expect_valid(index.search(query, 10));
            expect_valid(index.search(query, keys + 10, {.ef = 2 * keys}));
            const auto every = index.search_exact(query, keys + 10);
            expect_valid(every);
            EXPECT_EQ(every.size(), keys) << "neither the old vector nor the new one";
            const auto only = [&](std::uint64_t other) { return other == key; };
            const auto alone = index.search(query, 3, {.ef = 2 * keys}, only);
            expect_valid(alone);
            EXPECT_EQ(alone.size(), 1u) << "neither the old vector nor the new one";
            ++looked;
        }
    });
    EXPECT_EQ(index.size(), keys);
    support::expect_sound(index.nodes());
    std::size_t missed = 0;
    for (std::size_t key = 0; key < keys; ++key) {
        const auto stored = index.get(key);
        ASSERT_TRUE(stored && vectors.has(key, *stored));
        const auto hits = index.search(*stored, 1, {.ef = 10 * keys});
        ASSERT_EQ(hits.size(), 1u);
        ASSERT_EQ(hits[0].distance, 0.0f) << "the beam holds every node";
        missed += index.search(*stored, 1, {.ef = 100}).at(0).distance != 0.0f ? 1u : 0u;
    }
    EXPECT_LE(missed, keys / 20) << "a beam of 100 among several hundred nodes, most of them dead";
    EXPECT_EQ(index.search(vectors(0, 0), 2 * keys, {.ef = 10 * keys}).size(), keys);
}

// One key moves about beside a word of its neighbourhood, and is looked for there.
TEST(update, of_what_others_look_for_does_not_hide_it) {
    const std::size_t keys = 500;
    const auto points = support::clustered_points(keys, 8, 337);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 8, .ef_construction = 40});
    for (std::size_t key = 0; key < keys; ++key) index.insert(key, points[key]);
    constexpr std::uint64_t moving = 7;
    std::vector<float> near(points[moving].begin(), points[moving].end());

    std::atomic<std::size_t> looked = 0;
    std::size_t missed = 0;
    const std::size_t looks = support::sanitized ? 500 : 20'000;
    support::run_threads(2, [&](std::size_t thread) {
        if (thread == 0) {
            for (std::size_t i = 0; looked < looks; ++i) {
                near[i % near.size()] += i / near.size() % 2 == 0 ? 1e-3f : -1e-3f;
                EXPECT_FALSE(index.insert_or_assign(moving, near));
            }
            return;
        }
        for (; looked < looks; ++looked) {
            const auto hits = index.search(points[moving], 10, {.ef = 50});
            EXPECT_EQ(hits.size(), 10u);
            missed += std::ranges::count(hits, moving, &hit<>::key) == 1 ? 0u : 1u;
        }
    });
    EXPECT_EQ(missed, 0u) << "of " << looks;
}

TEST(update, of_one_key_from_all_threads_leaves_one) {
    const versions vectors(2);
    sextant::index<sextant::l2> index({.dim = versions::dim, .degree = 4, .ef_construction = 20});
    std::atomic<std::size_t> inserted = 0;
    support::run_threads(4, [&](std::size_t thread) {
        for (std::size_t i = 0; i < (support::sanitized ? 300u : 4000u); ++i) {
            inserted += index.insert_or_assign(1, vectors(1, (thread + i) % versions::count)) ? 1u : 0u;
            EXPECT_TRUE(index.contains(1));
            EXPECT_LE(index.search(vectors(1, thread), 5).size(), 1u);
        }
    });
    EXPECT_EQ(inserted, 1u);
    EXPECT_EQ(index.size(), 1u);
    EXPECT_TRUE(vectors.has(1, index.get(1).value()));
    const auto hits = index.search(index.get(1).value(), 5);
    EXPECT_EQ(hits, (std::vector<hit<>>{{1, 0.0f}}));
}

TEST(update, beside_erase_and_insert_of_the_same_keys_keeps_account) {
    const std::size_t keys = 30;
    const versions vectors(keys);
    sextant::index<sextant::l2> index({.dim = versions::dim, .degree = 4, .ef_construction = 20});
    std::vector<std::atomic<std::int64_t>> balance(keys);
    support::run_threads(4, [&](std::size_t thread) {
        std::mt19937_64 random(336 + thread);
        for (std::size_t i = 0; i < (support::sanitized ? 800u : 8000u); ++i) {
            const std::size_t key = random() % keys;
            const auto vector = vectors(key, random() % versions::count);
            switch (random() % 4) {
                case 0: balance[key] += index.insert(key, vector) ? 1 : 0; break;
                case 1: balance[key] += index.insert_or_assign(key, vector) ? 1 : 0; break;
                case 2: balance[key] -= index.erase(key) ? 1 : 0; break;
                default:
                    for (const auto& h : index.search(vector, 2 * keys, {.ef = 1000})) {
                        EXPECT_TRUE(vectors.at(h.key, vector, h.distance));
                    }
            }
        }
    });
    std::size_t left = 0;
    for (std::size_t key = 0; key < keys; ++key) {
        ASSERT_TRUE(balance[key] == 0 || balance[key] == 1) << key << " was inserted and erased " << balance[key] << " apart";
        ASSERT_EQ(index.contains(key), balance[key] == 1);
        const auto stored = index.get(key);
        ASSERT_EQ(stored.has_value(), balance[key] == 1);
        if (stored) {
            ASSERT_TRUE(vectors.has(key, *stored));
            ++left;
        }
    }
    EXPECT_EQ(index.size(), left);
    EXPECT_EQ(index.search(vectors(0, 0), 2 * keys, {.ef = 1000}).size(), left);
    EXPECT_EQ(index.search_exact(vectors(0, 0), 2 * keys).size(), left);
    support::expect_sound(index.nodes());
}

}  // namespace update_test
