#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "index/support/contents.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/threads.hpp"
#include "support/sanitizers.hpp"

namespace churn_model_test {

using support::key_of;
using support::life_case;

/// Random operations on an index and on a map beside it.
template <class Case>
class churn_model : public testing::Test {
protected:
    using key = typename Case::key;

    key random_key() { return key_of<key>(random_() % keys); }
    std::size_t random_row() { return random_() % points_.rows; }

    /// The walk leans towards growing, then towards shrinking, and so on, so that it goes through full and empty.
    void change(bool growing) {
        const key name = random_key();
        const std::size_t row = random_row();
        const std::uint64_t dice = random_() % 10;
        if (dice < 2) {
            ASSERT_EQ(index_.insert_or_assign(name, points_[row]), held_.insert_or_assign(name, row));
        } else if (dice < (growing ? 8u : 4u)) {
            ASSERT_EQ(index_.insert(name, points_[row]), held_.insert(name, row));
        } else {
            ASSERT_EQ(index_.erase(name), held_.erase(name));
        }
    }

    void look() {
        const key name = random_key();
        ASSERT_EQ(index_.contains(name), held_.contains(name));
        const auto stored = index_.get(name);
        ASSERT_EQ(stored.has_value(), held_.contains(name));
        if (stored) {
            ASSERT_NO_FATAL_FAILURE(held_.expect_stored(stored, held_.vector(name)));
        }
    }

    void search() {
        const auto query = points_[random_row()];
        const std::size_t k = random_() % 4 == 0 ? random_() % 500 : random_() % 12;
        const std::size_t n = held_.size();
        const auto few = index_.search(query, k, {.ef = random_() % 80});
        ASSERT_EQ(few.size(), std::min(k, n));
        ASSERT_NO_FATAL_FAILURE(held_.expect_valid(few, query));
        const auto everything = support::looking_at_everything<key>();
        ASSERT_NO_FATAL_FAILURE(held_.expect_nearest(index_.search(query, k, everything), query, k));
        ASSERT_NO_FATAL_FAILURE(held_.expect_nearest(index_.search_exact(query, k), query, k));
        const key name = random_key();
        const auto only = [&](const key& other) { return other == name; };
        ASSERT_EQ(index_.search(query, 2, {}, only).size(), held_.contains(name) ? 1u : 0u);
    }

    void build() {
        std::vector<key> names;
        std::vector<typename Case::element> block;
        std::size_t fresh = 0;
        for (std::size_t i = 0; i < 40; ++i) {
            const std::size_t row = random_row();
            names.push_back(random_key());
            block.insert(block.end(), points_[row].begin(), points_[row].end());
            fresh += held_.insert(names.back(), row) ? 1u : 0u;
        }
        ASSERT_EQ(index_.build(names, sextant::rows(block, points_.dim)), fresh);
    }

    static constexpr std::uint64_t keys = 400;

    support::matrix<typename Case::element> points_ = Case::points(1000, 351);
    typename Case::index index_{{.dim = Case::dim, .degree = 4, .ef_construction = 20}};
    support::contents<Case> held_{points_};
    std::mt19937_64 random_{352};
};

using cases = testing::Types<life_case<sextant::l2>, life_case<sextant::hamming, sextant::bits, std::string>,
                             life_case<sextant::cosine, sextant::f32, support::uuid, support::uuid_hash>,
                             life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>>>;
TYPED_TEST_SUITE(churn_model, cases);

TYPED_TEST(churn_model, agrees_with_a_map_and_a_scan_after_any_operations) {
    const int steps = support::sanitized ? 4'000 : 30'000;
    for (int step = 0; step < steps; ++step) {
        SCOPED_TRACE("step " + std::to_string(step));
        const std::uint64_t dice = this->random_() % 1000;
        if (dice < 800) {
            ASSERT_NO_FATAL_FAILURE(this->change(step / 2000 % 2 == 0));
        } else if (dice < 950) {
            ASSERT_NO_FATAL_FAILURE(this->look());
        } else if (dice < 985) {
            ASSERT_NO_FATAL_FAILURE(this->search());
        } else if (dice < 995) {
            ASSERT_NO_FATAL_FAILURE(this->build());
        } else {
            this->index_.compact({.order = step % 2 == 0 ? sextant::slot_order::by_slot : sextant::slot_order::by_locality});
            ASSERT_EQ(this->index_.nodes().end(), this->held_.size());
        }
        ASSERT_EQ(this->index_.size(), this->held_.size());
        if (step % 1000 == 999) {
            ASSERT_NO_FATAL_FAILURE(this->held_.expect_in(this->index_));
        }
    }
    this->held_.expect_in(this->index_);
    EXPECT_LT(this->index_.nodes().end(), 2 * this->keys) << "slots are used again";
}

/// Four threads, each with keys of its own in one index, each keeping account. What an answer says of a thread's own keys
/// can be checked meanwhile, because nobody else changes them.
template <class Case>
void churn_own_keys(std::size_t steps) {
    constexpr std::size_t threads = 4;
    constexpr std::uint64_t own = 200;
    using key = typename Case::key;
    const auto points = Case::points(1000, 361);
    typename Case::index index({.dim = Case::dim, .degree = 6, .ef_construction = 30});
    std::vector<support::contents<Case>> held(threads, support::contents<Case>(points));

    for (int round = 0; round < 3; ++round) {
        support::run_threads(threads, [&](std::size_t thread) {
            std::mt19937_64 random(362 + thread + threads * static_cast<std::size_t>(round));
            support::contents<Case>& mine = held[thread];
            std::unordered_map<std::string, bool> owned;
            for (std::uint64_t n = 0; n < own; ++n) owned[testing::PrintToString(key_of<key>(thread * own + n))] = true;
            for (std::size_t step = 0; step < steps; ++step) {
                const key name = key_of<key>(thread * own + random() % own);
                const std::size_t row = random() % points.rows;
                switch (random() % 6) {
                    case 0:
                    case 1: ASSERT_EQ(index.insert(name, points[row]), mine.insert(name, row)); break;
                    case 2: ASSERT_EQ(index.insert_or_assign(name, points[row]), mine.insert_or_assign(name, row)); break;
                    case 3: ASSERT_EQ(index.erase(name), mine.erase(name)); break;
                    case 4: {
                        ASSERT_EQ(index.contains(name), mine.contains(name));
                        const auto stored = index.get(name);
                        ASSERT_EQ(stored.has_value(), mine.contains(name));
                        if (stored) {
                            ASSERT_NO_FATAL_FAILURE(mine.expect_stored(stored, mine.vector(name)));
                        }
                        break;
                    }
                    default: {
                        const auto query = points[row];
                        std::vector<sextant::hit<key>> of_mine;
                        for (const auto& h : index.search(query, 100, {.ef = 100})) {
                            if (owned.count(testing::PrintToString(h.key)) != 0) of_mine.push_back(h);
                        }
                        ASSERT_NO_FATAL_FAILURE(mine.expect_valid(of_mine, query));
                        const auto only = [&](const key& other) { return other == name; };
                        ASSERT_EQ(index.search(query, 1, {}, only).size(), mine.contains(name) ? 1u : 0u);
                    }
                }
            }
        });
        support::contents<Case> all(points);
        for (const auto& mine : held) {
            for (const auto& [name, row] : mine.rows()) ASSERT_TRUE(all.insert(name, row));
        }
        ASSERT_NO_FATAL_FAILURE(all.expect_in(index)) << "after round " << round;
        if (round == 1) {
            index.compact({.order = sextant::slot_order::by_locality});
            ASSERT_NO_FATAL_FAILURE(all.expect_in(index)) << "after compact()";
        }
    }
}

TEST(churn, of_own_keys_by_many_threads_ends_in_what_each_of_them_did) {
    churn_own_keys<life_case<sextant::l2>>(support::sanitized ? 500 : 4000);
}

TEST(churn, of_own_names_by_many_threads_ends_in_what_each_of_them_did) {
    churn_own_keys<life_case<sextant::l2, sextant::rerank<sextant::lvq<4>, sextant::f16>, std::string>>(support::sanitized ? 300 : 2000);
}

}  // namespace churn_model_test
