#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/recall.hpp"
#include "support/data_file.hpp"
#include "support/read_matrix.hpp"
#include "support/sanitizers.hpp"
#include "support/words.hpp"

namespace recall_test {

constexpr std::size_t k = 10;

/// Emulated or watched, a fifth of the data has to do.
#if defined(__x86_64__)
constexpr std::size_t most_rows = support::sanitized ? 4'000 : 20'000;
#else
constexpr std::size_t most_rows = 4'000;
#endif

template <class Metric>
double recall_of(const sextant::index<Metric>& index, const support::matrix<float>& queries) {
    double sum = 0.0;
    for (std::size_t q = 0; q < queries.rows; ++q) {
        sum += support::recall(index.search(queries[q], k, {.ef = 64}), index.search_exact(queries[q], k));
    }
    return sum / static_cast<double>(queries.rows);
}

/// Both ways to fill an index must give one that is good at the defaults.
template <class Metric>
void expect_recall(const support::matrix<float>& base, const support::matrix<float>& queries) {
    sextant::index<Metric> inserted({.dim = base.dim});
    for (std::size_t row = 0; row < base.rows; ++row) inserted.insert(row, base[row]);
    const double by_insert = recall_of(inserted, queries);
    EXPECT_GE(by_insert, 0.95);
    testing::Test::RecordProperty("recall_by_insert", std::to_string(by_insert));

    sextant::thread_pool pool(2);
    sextant::index<Metric> built({.dim = base.dim});
    built.build(support::keys_from(0, base.rows), sextant::rows(base.values, base.dim), {.executor = &pool});
    const double by_build = recall_of(built, queries);
    EXPECT_GE(by_build, 0.95);
    testing::Test::RecordProperty("recall_by_build", std::to_string(by_build));
}

TEST(recall, of_word_vectors_is_high_at_the_defaults) {
    // Every hundredth word asks for its neighbours and is not in the base.
    const support::matrix<float> words = support::read_words(most_rows).vectors;
    support::matrix<float> base{0, words.dim, {}};
    support::matrix<float> queries{0, words.dim, {}};
    for (std::size_t row = 0; row < words.rows; ++row) {
        support::matrix<float>& side = row % 100 == 99 ? queries : base;
        side.values.insert(side.values.end(), words[row].begin(), words[row].end());
        ++side.rows;
    }
    expect_recall<sextant::cosine>(base, queries);
}

TEST(recall, of_image_descriptors_is_high_at_the_defaults) {
    const auto base = support::data_file("sift-100k.base.u8bin");
    const auto queries = support::data_file("sift-100k.query.u8bin");
    if (!base || !queries) GTEST_SKIP() << support::no_data_file;
    expect_recall<sextant::l2>(support::read_vectors(*base, most_rows), support::read_vectors(*queries, 200));
}

}  // namespace recall_test
