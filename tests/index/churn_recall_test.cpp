#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "index/support/soundness.hpp"
#include "support/reference.hpp"
#include "support/sanitizers.hpp"
#include "support/words.hpp"

namespace churn_recall_test {

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
        for (std::size_t word = 0; word < words_.rows; ++word) {
            lengths_.push_back(std::sqrt(support::product(words_[word], words_[word]).value));
        }
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

    /// For each query the ten words inside that are nearest to it.
    std::vector<std::set<std::size_t>> truth() const {
        std::vector<std::set<std::size_t>> nearest;
        for (const std::size_t query : queries_) {
            std::vector<std::pair<double, std::size_t>> ranking;
            for (const std::size_t word : inside_) ranking.emplace_back(-cosine(query, word), word);
            std::ranges::partial_sort(ranking, ranking.begin() + 10);
            std::set<std::size_t>& ten = nearest.emplace_back();
            for (std::size_t i = 0; i < 10; ++i) ten.insert(ranking[i].second);
        }
        return nearest;
    }

    /// The share of them that searches find. `word_of(key)` says which word a key stands for.
    template <class Index, class WordOf = std::identity>
    double recall(const Index& index, const std::vector<std::set<std::size_t>>& truth, std::size_t ef, WordOf word_of = {}) const {
        std::size_t found = 0;
        for (std::size_t q = 0; q < queries_.size(); ++q) {
            for (const auto& h : index.search(words_[queries_[q]], 10, {.ef = ef})) found += truth[q].count(word_of(h.key));
        }
        return static_cast<double>(found) / static_cast<double>(10 * queries_.size());
    }

private:
    template <class Replace>
    void exchange(std::size_t place, Replace&& replace) {
        const std::size_t old = std::exchange(inside_[place], next_++);
        replace(old, inside_[place]);
    }

    double cosine(std::size_t a, std::size_t b) const {
        return support::product(words_[a], words_[b]).value / (lengths_[a] * lengths_[b]);
    }

    static constexpr std::size_t queries = support::sanitized ? 200 : 600;

    support::matrix<float> words_ = support::read_words(2 * held + queries).vectors;
    std::vector<double> lengths_;
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
        const auto truth = words_.truth();
        for (const auto& [ef, loss] : {std::pair<std::size_t, double>{50, 0.01}, {100, 0.005}}) {
            const double churned = words_.recall(index_, truth, ef);
            const double built = words_.recall(fresh, truth, ef);
            EXPECT_GE(churned, built - loss) << "at ef " << ef;
            RecordProperty("ef_" + std::to_string(ef), std::to_string(churned) + " against " + std::to_string(built));
        }
    }

    word_churn words_;
    index index_{options};
};

using codecs = testing::Types<sextant::f32, sextant::rerank<sextant::lvq<4>, sextant::f16>>;
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
    // The keys stay, and come to stand for other words.
    std::vector<std::size_t> key_of(2 * held);
    std::vector<std::size_t> word_of(held);
    for (std::size_t key = 0; key < held; ++key) {
        ASSERT_TRUE(tested.insert(key, words.vector(key)));
        key_of[key] = word_of[key] = key;
    }
    for (int round = 0; round < 50; ++round) {
        words.random_round([&](std::size_t old, std::size_t fresh) {
            const std::size_t key = key_of[old];
            key_of[fresh] = key;
            word_of[key] = fresh;
            ASSERT_FALSE(tested.insert_or_assign(key, words.vector(fresh)));
        });
    }
    support::expect_sound(tested.nodes());
    index fresh(options);
    for (const std::size_t word : words.inside()) ASSERT_TRUE(fresh.insert(word, words.vector(word)));
    const auto truth = words.truth();
    const double churned = words.recall(tested, truth, 100, [&](std::uint64_t key) { return word_of[key]; });
    EXPECT_GE(churned, words.recall(fresh, truth, 100) - 0.005);
}

}  // namespace churn_recall_test
