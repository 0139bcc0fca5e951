#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/threads.hpp"
#include "support/reference.hpp"
#include "support/sanitizers.hpp"
#include "support/words.hpp"

namespace churn_stress_test {

using sextant::hit;
using support::run_threads;

/// A sanitizer that looks at every access makes a tenth of the work do.
constexpr std::size_t share = support::sanitized ? 10 : 1;

/// What is known of a key by the one thread that changes it, for others to read beside: a count of changes and, while none
/// is under way, the row of its vector or that it is absent. A reader that sees the same twice knows that it held between.
class key_state {
public:
    static constexpr std::uint64_t absent = 0xFFFF'FFFF;
    static constexpr std::uint64_t changing = 0xFFFF'FFFE;

    std::uint64_t read() const { return state_.load(); }
    static std::uint64_t row(std::uint64_t state) { return state & 0xFFFF'FFFF; }

    template <class Change>
    void change(std::uint64_t row, Change&& change) {
        const std::uint64_t count = (state_.load() >> 32) + 1;
        state_.store(count << 32 | changing);
        change();
        state_.store(count << 32 | row);
    }

private:
    std::atomic<std::uint64_t> state_ = absent;
};

template <class Codec>
bool same_vector(std::span<const float> a, std::span<const float> b) {
    if constexpr (std::is_same_v<Codec, sextant::f32>) return std::ranges::equal(a, b);
    return support::squared_difference(a, b).value < 1e-3 * support::product(b, b).value;
}

/// Writers that insert, erase, replace and build, each keys of its own and all of them some that they share, while readers
/// search in every way. What the index promises about a key at rest is checked while others change.
template <class Metric, class Codec = sextant::f32>
class churn_stress {
public:
    static constexpr std::size_t writers = 3;
    static constexpr std::size_t readers = 2;
    static constexpr std::size_t shared = 60;

    churn_stress(const support::matrix<float>& points, std::size_t keys, const sextant::index_options& options)
        : points_(points), states_(keys), balance_(shared), index_(options) {}

    void run(std::size_t steps) {
        run_threads(writers + readers, [&](std::size_t thread) {
            if (thread < writers) {
                write(thread, steps);
                --writing_;
            } else {
                read(thread);
            }
        });
        expect_accounts_balance();
    }

private:
    /// Keys below states_.size() belong to the writer of their remainder; the shared ones follow.
    std::uint64_t shared_key(std::size_t n) const { return states_.size() + n; }

    void write(std::size_t writer, std::size_t steps) {
        std::mt19937_64 random(401 + writer);
        for (std::size_t step = 0; step < steps; ++step) {
            const std::size_t row = random() % points_.rows;
            if (random() % 8 == 0) {
                change_shared(random() % shared, random() % 3, row);
                continue;
            }
            const std::size_t key = random() % (states_.size() / writers) * writers + writer;
            key_state& state = states_[key];
            const bool present = key_state::row(state.read()) != key_state::absent;
            const std::uint64_t dice = random() % 16;
            if (present && dice < 8) {
                state.change(key_state::absent, [&] { EXPECT_TRUE(index_.erase(key)); });
            } else if (dice < 14) {
                state.change(row, [&] { EXPECT_EQ(index_.insert_or_assign(key, points_[row]), !present); });
            } else if (!present) {
                const std::array<std::uint64_t, 1> one{key};
                state.change(row, [&] { EXPECT_EQ(index_.build(one, sextant::rows(points_[row], points_.dim)), 1u); });
            } else {
                EXPECT_FALSE(index_.insert(key, points_[row]));
            }
        }
    }

    void change_shared(std::size_t n, std::uint64_t kind, std::size_t row) {
        switch (kind) {
            case 0: balance_[n] += index_.insert(shared_key(n), points_[row]) ? 1 : 0; break;
            case 1: balance_[n] += index_.insert_or_assign(shared_key(n), points_[row]) ? 1 : 0; break;
            default: balance_[n] -= index_.erase(shared_key(n)) ? 1 : 0;
        }
    }

    void expect_valid(std::span<const hit<>> hits, std::size_t k) const {
        EXPECT_LE(hits.size(), k);
        EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
        for (std::size_t i = 0; i < hits.size(); ++i) {
            EXPECT_LT(hits[i].key, states_.size() + shared);
            for (std::size_t j = 0; j < i; ++j) EXPECT_NE(hits[i].key, hits[j].key);
        }
    }

    void read(std::size_t reader) {
        std::mt19937_64 random(411 + reader);
        std::vector<float> stored(points_.dim);
        std::vector<hit<>> out(20);
        while (writing_ > 0) {
            const std::uint64_t key = random() % states_.size();
            const auto query = points_[random() % points_.rows];
            const auto only = [&](std::uint64_t other) { return other == key; };
            const std::uint64_t before = states_[key].read();
            bool found = false;
            const std::uint64_t way = random() % 8;
            switch (way) {
                case 0: found = index_.contains(key); break;
                case 1: found = index_.search(query, 3, {.ef = 10}, only).size() == 1; break;
                case 2: found = index_.search_exact(query, 3, {.filter = only}).size() == 1; break;
                case 3: {
                    const std::size_t all = states_.size() + shared;
                    const auto hits = index_.search(query, all, {.ef = 2 * all});
                    expect_valid(hits, all);
                    found = std::ranges::count(hits, key, &hit<>::key) == 1;
                    // A walk along links may pass a place before a neighbour of what is erased comes to hang there.
                    if (states_[key].read() != before || key_state::row(before) >= points_.rows) break;
                    ++walks_;
                    missed_ += found ? 0u : 1u;
                    continue;
                }
                case 4: {
                    const auto batch = index_.search_batch(sextant::rows(query, points_.dim), 10);
                    expect_valid(batch[0], 10);
                    continue;
                }
                case 5:
                    expect_valid(index_.search_into(query, out, {.ef = 40}), 20);
                    EXPECT_GT(index_.memory_usage().total(), 0u);
                    if (random() % 8 == 0) sextant::release_scratch();
                    continue;
                default: found = index_.get_into(key, stored);
                    if (found && states_[key].read() == before && key_state::row(before) < points_.rows) {
                        EXPECT_TRUE(same_vector<Codec>(stored, points_[key_state::row(before)])) << "not its vector";
                    }
            }
            if (states_[key].read() != before || key_state::row(before) == key_state::changing) continue;
            ++at_rest_;
            EXPECT_EQ(found, key_state::row(before) != key_state::absent)
                << (found ? "a key that is gone" : "a key that nobody touched is missed") << ", looked for in way " << way;
        }
    }

    void expect_accounts_balance() {
        EXPECT_GT(at_rest_, 50u) << "the readers have seen something";
        EXPECT_LE(missed_, 2 + walks_ / 50) << "of " << walks_ << " that nobody touched";
        std::vector<std::uint64_t> expected;
        std::size_t strays = 0;
        for (std::uint64_t key = 0; key < states_.size(); ++key) {
            const std::uint64_t row = key_state::row(states_[key].read());
            ASSERT_EQ(index_.contains(key), row != key_state::absent) << key;
            if (row == key_state::absent) continue;
            expected.push_back(key);
            const auto stored = index_.get(key);
            ASSERT_TRUE(stored && same_vector<Codec>(*stored, points_[row])) << key;
            const auto hits = index_.search(points_[row], 1, {.ef = 300});
            ASSERT_EQ(hits.size(), 1u);
            strays += same_vector<Codec>(index_.get(hits[0].key).value(), points_[row]) ? 0u : 1u;
        }
        for (std::size_t n = 0; n < shared; ++n) {
            ASSERT_TRUE(balance_[n] == 0 || balance_[n] == 1) << balance_[n];
            ASSERT_EQ(index_.contains(shared_key(n)), balance_[n] == 1);
            if (balance_[n] == 1) expected.push_back(shared_key(n));
        }
        EXPECT_LE(strays, 1 + expected.size() / 200) << "not found by themselves, of " << expected.size();
        EXPECT_EQ(index_.size(), expected.size());
        support::expect_sound(index_.nodes());
        for (const auto& hits : {index_.search_exact(points_[0], 2 * states_.size()),
                                 index_.search(points_[0], 2 * states_.size(), {.ef = 1'000'000})}) {
            std::vector<std::uint64_t> found;
            for (const auto& h : hits) found.push_back(h.key);
            std::ranges::sort(found);
            EXPECT_EQ(found, expected);
        }
    }

    const support::matrix<float>& points_;
    std::vector<key_state> states_;
    std::vector<std::atomic<std::int64_t>> balance_;
    std::atomic<std::size_t> writing_ = writers;
    std::atomic<std::size_t> at_rest_ = 0;
    std::atomic<std::size_t> walks_ = 0;
    std::atomic<std::size_t> missed_ = 0;
    sextant::index<Metric, Codec> index_;
};

TEST(churn_stress, of_word_vectors) {
    const auto words = support::read_words(20'000 / share).vectors;
    churn_stress<sextant::cosine>(words, 3000 / share, {.dim = 100, .degree = 16, .ef_construction = 100}).run(8000 / share);
}

TEST(churn_stress, of_word_vectors_as_codes) {
    const auto words = support::read_words(8'000 / share).vectors;
    churn_stress<sextant::cosine, sextant::rerank<sextant::lvq<4>, sextant::f16>>(words, 1500 / share,
                                                                                  {.dim = 100, .degree = 16, .ef_construction = 60})
        .run(4000 / share);
}

TEST(churn_stress, of_few_keys_at_the_smallest_degree) {
    // Many levels for few nodes: the entry point goes all the time, and every list is full.
    const auto points = support::clustered_points(1000, 8, 402);
    churn_stress<sextant::l2>(points, 60, {.dim = 8, .degree = 2, .ef_construction = 10}).run(20'000 / share);
}

TEST(churn_stress, of_an_index_that_is_empty_half_the_time) {
    const auto points = support::clustered_points(16, 4, 403);
    for (std::size_t round = 0; round < 40 / share; ++round) {
        sextant::index<sextant::l2> index({.dim = 4, .degree = 2, .ef_construction = 10, .seed = round});
        run_threads(4, [&](std::size_t thread) {
            for (std::size_t i = 0; i < 500; ++i) {
                EXPECT_TRUE(index.insert(thread, points[(i + thread) % 16]));
                EXPECT_EQ(index.search(points[i % 16], 4, {}, [&](std::uint64_t key) { return key == thread; }).size(), 1u);
                EXPECT_TRUE(index.erase(thread));
                EXPECT_TRUE(index.search(points[i % 16], 4, {}, [&](std::uint64_t key) { return key == thread; }).empty());
            }
        });
        ASSERT_TRUE(index.empty());
        ASSERT_TRUE(index.search(points[0], 10).empty());
        ASSERT_TRUE(index.insert(1, points[1]));
        ASSERT_EQ(index.search(points[0], 10).size(), 1u);
    }
}

TEST(churn_stress, of_copies_of_one_vector) {
    const auto points = support::identical_points(1, 4);
    const std::size_t own = 400 / share;
    sextant::index<sextant::l2> index({.dim = 4, .degree = 4, .ef_construction = 20});
    run_threads(4, [&](std::size_t thread) {
        for (std::size_t round = 0; round < 4; ++round) {
            for (std::uint64_t n = 0; n < own; ++n) EXPECT_TRUE(index.insert(thread * own + n, points[0]));
            EXPECT_GE(index.search(points[0], 10).size(), 10u);
            for (std::uint64_t n = round == 3 ? own / 2 : 0; n < own; ++n) EXPECT_TRUE(index.erase(thread * own + n));
        }
    });
    EXPECT_EQ(index.size(), 4 * (own / 2));
    support::expect_sound(index.nodes());
    EXPECT_EQ(index.search(points[0], 4 * own, {.ef = 1'000'000}).size(), index.size());
}

}  // namespace churn_stress_test
