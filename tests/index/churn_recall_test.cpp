#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "index/support/sanitizers.hpp"
#include "index/support/soundness.hpp"
#include "support/words.hpp"

namespace {

/// Words that are in the index at a time; as many again wait to come in. Emulated or watched, fewer have to do.
#if defined(__x86_64__)
constexpr std::size_t held = support::sanitized ? 1'000 : 6'000;
#else
constexpr std::size_t held = 1'000;
#endif

/// Words held out, words in an index, and words that come to replace them. The key of a word is its number.
class word_churn {
public:
    word_churn() {
        constexpr std::size_t queries = 300;
        for (std::size_t word = 0; word < held; ++word) inside_.push_back(word);
        for (std::size_t word = 0; word < queries; ++word) queries_.push_back(2 * held + word);
    }

    std::span<const float> vector(std::size_t word) const { return words_[word]; }
    const std::vector<std::size_t>& inside() const { return inside_; }

    /// Replaces one word in a hundred by others, and calls replace(old, new) for each.
    template <class Replace>
    void random_round(Replace&& replace) {
        for (std::size_t i = 0; i < held / 100; ++i) exchange(random_() % held, replace);
    }

    /// Replaces the `count` words that have been there longest.
    template <class Replace>
    void window_round(std::size_t count, Replace&& replace) {
        for (std::size_t i = 0; i < count; ++i) exchange(oldest_++ % held, replace);
    }

    /// Recall at 10 against the true nearest of the words inside.
    template <class Index>
    double recall(const Index& index, std::size_t ef) const {
        std::size_t found = 0;
        for (const std::size_t query : queries_) {
            std::vector<std::pair<double, std::size_t>> ranking;
            for (const std::size_t word : inside_) ranking.emplace_back(-cosine(words_[query], words_[word]), word);
            std::ranges::partial_sort(ranking, ranking.begin() + 10);
            for (const auto& h : index.search(words_[query], 10, {.ef = ef})) {
                found += std::any_of(ranking.begin(), ranking.begin() + 10, [&](const auto& r) { return r.second == h.key; }) ? 1u : 0u;
            }
        }
        return static_cast<double>(found) / static_cast<double>(10 * queries_.size());
    }

private:
    template <class Replace>
    void exchange(std::size_t place, Replace&& replace) {
        const std::size_t old = std::exchange(inside_[place], next_++);
        replace(old, inside_[place]);
    }

    static double cosine(std::span<const float> a, std::span<const float> b) {
        double dot = 0.0, norms_a = 0.0, norms_b = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            dot += double{a[i]} * b[i];
            norms_a += double{a[i]} * a[i];
            norms_b += double{b[i]} * b[i];
        }
        return dot / std::sqrt(norms_a * norms_b);
    }

    support::matrix<float> words_ = support::read_words(2 * held + 300).vectors;
    std::vector<std::size_t> inside_;
    std::vector<std::size_t> queries_;
    std::size_t next_ = held;
    std::size_t oldest_ = 0;
    std::mt19937_64 random_{391};
};

template <class Codec>
class recall_after_churn : public testing::Test {
protected:
    using index = sextant::index<sextant::cosine, Codec>;

    static constexpr sextant::index_options options{.dim = 100, .degree = 16, .ef_construction = 100};

    void fill(index& empty) const {
        for (const std::size_t word : words_.inside()) ASSERT_TRUE(empty.insert(word, words_.vector(word)));
    }

    auto by_erasing_and_inserting() {
        return [this](std::size_t old, std::size_t fresh) {
            ASSERT_TRUE(index_.erase(old));
            ASSERT_TRUE(index_.insert(fresh, words_.vector(fresh)));
        };
    }

    /// Against an index that never saw the words that are gone.
    void expect_as_good_as_fresh() {
        support::expect_sound(index_.nodes());
        EXPECT_EQ(index_.size(), held);
        index fresh(options);
        fill(fresh);
        for (const std::size_t ef : {50u, 100u}) {
            const double churned = words_.recall(index_, ef);
            const double built = words_.recall(fresh, ef);
            EXPECT_GE(churned, built - 0.005) << "at ef " << ef;
            RecordProperty("ef_" + std::to_string(ef), std::to_string(churned) + " against " + std::to_string(built));
        }
    }

    word_churn words_;
    index index_{options};
};

using codecs = testing::Types<sextant::f32, sextant::rerank<sextant::rabitq<4>, sextant::f16>>;
TYPED_TEST_SUITE(recall_after_churn, codecs);

TYPED_TEST(recall_after_churn, of_one_in_a_hundred_fifty_times_is_that_of_a_fresh_index) {
    this->fill(this->index_);
    for (int round = 0; round < 50; ++round) this->words_.random_round(this->by_erasing_and_inserting());
    this->expect_as_good_as_fresh();
}

TYPED_TEST(recall_after_churn, of_everything_in_its_turn_is_that_of_a_fresh_index) {
    this->fill(this->index_);
    for (int round = 0; round < 20; ++round) this->words_.window_round(held / 20, this->by_erasing_and_inserting());
    this->expect_as_good_as_fresh();
}

TYPED_TEST(recall_after_churn, of_half_erased_and_come_again_is_that_of_a_fresh_index) {
    // Erased all at once, so that whole neighbourhoods are gone before anything new comes.
    this->fill(this->index_);
    std::vector<std::size_t> fresh;
    this->words_.window_round(held / 2, [&](std::size_t old, std::size_t word) {
        ASSERT_TRUE(this->index_.erase(old));
        fresh.push_back(word);
    });
    support::expect_sound(this->index_.nodes());
    for (const std::size_t word : fresh) ASSERT_TRUE(this->index_.insert(word, this->words_.vector(word)));
    this->expect_as_good_as_fresh();
}

TEST(recall_after_updates, of_one_in_a_hundred_fifty_times_is_that_of_a_fresh_index) {
    word_churn words;
    using index = sextant::index<sextant::cosine>;
    const sextant::index_options options{.dim = 100, .degree = 16, .ef_construction = 100};
    index tested(options);
    // The keys stay, and get other vectors; recall counts words, so it asks through an index of places.
    std::vector<std::size_t> place_of(2 * held + 300);
    std::vector<std::size_t> word_at(held);
    for (std::size_t place = 0; place < held; ++place) {
        ASSERT_TRUE(tested.insert(place, words.vector(place)));
        place_of[place] = word_at[place] = place;
    }
    for (int round = 0; round < 50; ++round) {
        words.random_round([&](std::size_t old, std::size_t fresh) {
            const std::size_t place = place_of[old];
            place_of[fresh] = place;
            word_at[place] = fresh;
            ASSERT_FALSE(tested.insert_or_assign(place, words.vector(fresh)));
        });
    }
    struct by_word {
        const index& places;
        const std::vector<std::size_t>& words;

        std::vector<sextant::hit<>> search(std::span<const float> query, std::size_t k, const sextant::search_options<>& how) const {
            auto hits = places.search(query, k, how);
            for (auto& h : hits) h.key = words[h.key];
            return hits;
        }
    };
    index fresh(options);
    for (const std::size_t word : words.inside()) ASSERT_TRUE(fresh.insert(word, words.vector(word)));
    support::expect_sound(tested.nodes());
    EXPECT_GE(words.recall(by_word{tested, word_at}, 100), words.recall(fresh, 100) - 0.005);
}

}  // namespace
