#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "index/support/executors.hpp"
#include "index/support/held_out.hpp"
#include "index/support/recall.hpp"
#include "index/support/refusals.hpp"

namespace tune_test {

using sextant::errc;
using support::expect_error;
using sextant::rows;

template <class Codec>
class tune : public testing::Test {
protected:
    using index_type = sextant::index<sextant::cosine, Codec>;
    static constexpr sextant::index_options options{.dim = 100, .degree = 5, .ef_construction = 40};

    static void SetUpTestSuite() {
        words_ = std::make_unique<support::held_out_words>(support::some_words);
        index_ = std::make_unique<index_type>(options);
        index_->build(support::keys_from(0, words_->base.rows), rows(words_->base.values, 100));
    }

    static void TearDownTestSuite() {
        index_.reset();
        words_.reset();
    }

    /// Of words that the index has never seen, against what its codes say is nearest.
    static double recall_of(std::size_t k, const sextant::search_options<>& how) {
        double sum = 0.0;
        for (std::size_t q = 0; q < words_->queries.rows; ++q) {
            const auto query = words_->queries[q];
            sum += support::recall(index_->search(query, k, how), index_->search_exact(query, k));
        }
        return sum / static_cast<double>(words_->queries.rows);
    }

    static inline std::unique_ptr<support::held_out_words> words_;
    static inline std::unique_ptr<index_type> index_;
};

using codecs = testing::Types<sextant::lvq<8>, sextant::rerank<sextant::rabitq<2>, sextant::f16>>;
TYPED_TEST_SUITE(tune, codecs);

TYPED_TEST(tune, keeps_what_it_promises_to_queries_it_has_not_seen) {
    std::size_t last = 0;
    for (const double wanted : {0.9, 0.95, 0.99}) {
        const auto tuned = this->index_->tune({.recall = wanted, .k = 10});
        EXPECT_GE(tuned.recall, wanted);
        EXPECT_LE(tuned.recall, 1.0);
        // Both are means of a few hundred queries, of which one's recall is another's more or less 0.15: each is off by 0.01.
        EXPECT_NEAR(this->recall_of(10, tuned.options), tuned.recall, support::some_words < 5'000 ? 0.06 : 0.04) << "ef " << tuned.options.ef;
        EXPECT_GE(tuned.options.ef, last);
        last = tuned.options.ef;
    }
    EXPECT_GT(last, 10u) << "or the words are too easy to tell";
    EXPECT_LT(last, this->index_->size() / 2);
}

TYPED_TEST(tune, does_not_find_its_queries_by_themselves) {
    // The shortest walk misses many a nearest neighbour, but never a stored vector that it may count as one.
    const auto tuned = this->index_->tune({.recall = 0.01, .k = 1});
    EXPECT_EQ(tuned.options.ef, 1u);
    EXPECT_LT(tuned.recall, 0.9);
    EXPECT_GT(tuned.recall, 0.1);
}

TYPED_TEST(tune, finds_the_same_on_any_executor) {
    const sextant::tune_options how{.recall = 0.95, .k = 10, .samples = 100};
    const auto alone = this->index_->tune(how);
    sextant::thread_pool pool(3);
    support::backward_executor backward;
    for (const sextant::executor_ref executor : {sextant::executor_ref{&pool}, sextant::executor_ref{&backward}}) {
        sextant::tune_options together = how;
        together.executor = executor;
        const auto tuned = this->index_->tune(together);
        EXPECT_EQ(tuned.options.ef, alone.options.ef);
        EXPECT_EQ(tuned.recall, alone.recall);
    }
    support::failing_executor failing(1, 5);
    sextant::tune_options broken = how;
    broken.executor = &failing;
    EXPECT_THROW(this->index_->tune(broken), std::runtime_error);
}

TYPED_TEST(tune, leaves_the_index_alone_and_says_so_when_it_is_stopped) {
    const auto expected = this->index_->search(this->words_->queries[0], 10);
    const std::atomic<bool> flag = true;
    const auto stopped = this->index_->tune({.recall = 0.99, .k = 10, .stop = flag});
    EXPECT_GE(stopped.options.ef, 10u);
    EXPECT_EQ(stopped.recall, 0.0) << "nothing was measured";
    EXPECT_EQ(this->index_->search(this->words_->queries[0], 10), expected);
}

TYPED_TEST(tune, of_few_vectors_needs_no_more_than_there_are) {
    typename TestFixture::index_type few(this->options);
    const auto of_none = few.tune({.recall = 0.9, .k = 100});
    EXPECT_GE(of_none.options.ef, 100u);
    EXPECT_EQ(of_none.recall, 1.0);
    for (std::size_t row = 0; row < 12; ++row) {
        few.insert(row, this->words_->base[row]);
        for (const std::size_t k : {1u, 5u, 40u}) {
            const auto tuned = few.tune({.recall = 1.0, .k = k});
            EXPECT_GE(tuned.options.ef, k);
            // Where no ef does, it says what the largest one reaches.
            EXPECT_TRUE(tuned.recall == 1.0 || tuned.options.ef >= few.size());
            EXPECT_GT(tuned.recall, 0.5);
            EXPECT_EQ(few.search(this->words_->base[0], k, tuned.options).size(), std::min(k, row + 1));
        }
    }
}

TEST(tune_of_more_than_there_is, asks_for_what_there_is) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    sextant::index<sextant::l2> index({.dim = 2, .degree = 4, .ef_construction = 20});
    EXPECT_EQ(index.tune({.recall = 0.9, .k = most, .samples = most}).recall, 1.0) << "nothing to measure";
    for (int i = 0; i < 50; ++i) index.insert(static_cast<std::uint64_t>(i), {static_cast<float>(i), 1.0f});
    const auto tuned = index.tune({.recall = 0.9, .k = most, .samples = most});
    EXPECT_EQ(tuned.options.ef, most) << "at least k";
    EXPECT_EQ(index.search({3.0f, 1.0f}, most, tuned.options).size(), 50u);
    EXPECT_GE(tuned.recall, 0.9);
    index.tune_prefetch({.k = most, .samples = most});
    std::atomic<bool> stop = true;
    EXPECT_EQ(index.tune({.samples = most, .stop = stop}).recall, 0.0);
}

TYPED_TEST(tune, refuses_what_makes_no_sense) {
    for (const double recall : {0.0, -0.5, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
        expect_error(errc::bad_option, [&] { this->index_->tune({.recall = recall}); });
        expect_error(errc::bad_option, [&] { this->index_->tune_prefetch({.recall = recall}); });
    }
    expect_error(errc::bad_option, [&] { this->index_->tune({.k = 0}); });
    expect_error(errc::bad_option, [&] { this->index_->tune({.samples = 0}); });
    expect_error(errc::bad_option, [&] { this->index_->tune_prefetch({.samples = 0}); });
}

TYPED_TEST(tune, of_prefetching_changes_no_answer) {
    std::vector<std::vector<sextant::hit<>>> before;
    for (std::size_t q = 0; q < 20; ++q) before.push_back(this->index_->search(this->words_->queries[q], 10));
    const auto tuned = this->index_->tune_prefetch({.samples = 10});
    EXPECT_EQ(this->index_->nodes().prefetching(), tuned.plan) << "it is in use";
    EXPECT_GE(tuned.plan.ahead, 1u);
    EXPECT_LE(tuned.plan.ahead, 64u);
    EXPECT_GE(tuned.plan.lines, 1u);
    EXPECT_LE(tuned.plan.lines, 64u);
    EXPECT_GE(tuned.speedup, 1.0);
    for (std::size_t q = 0; q < 20; ++q) EXPECT_EQ(this->index_->search(this->words_->queries[q], 10), before[q]);

    typename TestFixture::index_type empty(this->options);
    const auto plan = empty.nodes().prefetching();
    EXPECT_EQ(empty.tune_prefetch().plan, plan);
    EXPECT_EQ(empty.nodes().prefetching(), plan);
}

// Searches that are stopped are all quick.
TYPED_TEST(tune, of_prefetching_learns_nothing_once_it_is_stopped) {
    const auto plan = this->index_->nodes().prefetching();
    for (int i = 0; i < 60; ++i) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(100 * i);
        const auto tuned = this->index_->tune_prefetch({.samples = 10, .stop = deadline});
        if (std::chrono::steady_clock::now() < deadline) break;
        EXPECT_EQ(tuned.speedup, 1.0);
        EXPECT_EQ(tuned.plan, plan);
        ASSERT_EQ(this->index_->nodes().prefetching(), plan);
    }
}

// Codes of one bit of noise that has no neighbours worth the name: no ef makes up for what they forget, since only a part
// of what the search finds is compared anew.
TEST(tune_of_bad_codes, reports_the_recall_that_it_reached) {
    using coded = sextant::index<sextant::l2, sextant::rerank<sextant::rabitq<1>, sextant::f32>>;
    coded index({.dim = 32, .degree = 8});
    const support::matrix<float> points{400, 32, support::random_floats(400 * 32, 281)};
    index.build(support::keys_from(0, points.rows), rows(points.values, 32));
    const auto tuned = index.tune({.recall = 1.0, .k = 10});
    const auto easier = index.tune({.recall = 0.5, .k = 10});
    EXPECT_GE(easier.recall, 0.5);
    EXPECT_LE(easier.options.ef, tuned.options.ef);
    EXPECT_TRUE(tuned.recall == 1.0 || tuned.options.ef >= index.size());
    double sum = 0.0;
    for (std::size_t row = 0; row < 400; row += 4) {
        // Among eleven, to leave out the vector itself.
        sum += support::recall(index.search(points[row], 11, tuned.options), index.search_exact(points[row], 11));
    }
    EXPECT_NEAR(sum / 100, tuned.recall, 0.05);
}

}  // namespace tune_test
