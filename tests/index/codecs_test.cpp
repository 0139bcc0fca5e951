#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "index/support/codec_cases.hpp"
#include "index/support/soundness.hpp"

namespace codecs_test {

using sextant::hit;
using sextant::rows;
using support::codec_case;

/// What an index owes its callers whatever it stores vectors as, and how much each codec may lose.
///   Error    of a vector that is given back, of the spread of the data: the root of the mean square over all vectors
///   Recall   of the 10 nearest, in per cent, by search at ef = 64 among 800
///   Bytes    that a vector takes at least, of codes alone
template <class Metric, class Codec, std::size_t ErrorPerMille, std::size_t RecallPerCent, std::size_t Bytes>
struct stored_as : codec_case<Metric, Codec> {
    static constexpr double most_error = ErrorPerMille / 1000.0;
    static constexpr double least_recall = RecallPerCent / 100.0;
    static constexpr std::size_t bytes = Bytes;
};

template <class Case>
class codecs : public testing::Test {
protected:
    using index_type = typename Case::index;
    static constexpr std::size_t dim = Case::dim;
    static constexpr std::size_t count = 800;
    static constexpr sextant::index_options options{.dim = dim, .degree = 12, .ef_construction = 60};

    static void SetUpTestSuite() {
        points_ = Case::points(count, 241);
        queries_ = Case::points(30, 241, 1);
        inserted_ = std::make_unique<index_type>(options);
        for (std::size_t row = 0; row < count; ++row) inserted_->insert(row, points_[row]);
        built_ = std::make_unique<index_type>(options);
        built_->build(support::keys_from(0, count), rows(points_.values, dim));
    }

    static void TearDownTestSuite() {
        inserted_.reset();
        built_.reset();
    }

    static double distance(std::span<const float> a, std::span<const float> b) {
        return support::reference_distance(typename Case::metric{}, a, b);
    }

    /// The true k nearest keys, by the vectors as they were before they were coded.
    static std::vector<std::uint64_t> truth(std::span<const float> query, std::size_t k) {
        std::vector<std::pair<double, std::uint64_t>> all;
        for (std::size_t row = 0; row < count; ++row) all.emplace_back(distance(query, points_[row]), row);
        std::ranges::sort(all);
        std::vector<std::uint64_t> keys;
        for (std::size_t i = 0; i < k; ++i) keys.push_back(all[i].second);
        return keys;
    }

    /// The root of the mean squared distance of coordinates from their mean.
    static double spread() {
        double sum = 0.0;
        for (std::size_t i = 0; i < dim; ++i) {
            double mean = 0.0;
            for (std::size_t row = 0; row < count; ++row) mean += points_[row][i] / double{count};
            for (std::size_t row = 0; row < count; ++row) sum += (points_[row][i] - mean) * (points_[row][i] - mean);
        }
        return std::sqrt(sum / double{count * dim});
    }

    static void expect_recall(const index_type& tested, const char* how) {
        std::size_t found = 0;
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            const auto nearest = truth(queries_[q], 10);
            const auto hits = tested.search(queries_[q], 10);
            ASSERT_EQ(hits.size(), 10u);
            EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
            for (const hit<>& h : hits) found += std::ranges::count(nearest, h.key) > 0 ? 1u : 0u;
        }
        const double recall = static_cast<double>(found) / static_cast<double>(10 * queries_.rows);
        EXPECT_GE(recall, Case::least_recall) << how;
        testing::Test::RecordProperty(how, std::to_string(recall));
    }

    static inline support::matrix<float> points_;
    static inline support::matrix<float> queries_;
    static inline std::unique_ptr<index_type> inserted_;
    static inline std::unique_ptr<index_type> built_;
};

using cases = testing::Types<
    stored_as<sextant::l2, sextant::u8, 0, 99, 40>, stored_as<sextant::l2, sextant::lvq<8>, 5, 97, 40>,
    stored_as<sextant::l2, sextant::rerank<sextant::rabitq<2>, sextant::f16>, 1, 99, 90>,
    stored_as<sextant::inner_product, sextant::bf16, 4, 97, 80>, stored_as<sextant::inner_product, sextant::rabitq<4>, 90, 92, 20>,
    stored_as<sextant::inner_product, sextant::lvq<4, 8>, 1, 99, 60>, stored_as<sextant::cosine, sextant::i8, 0, 99, 40>,
    stored_as<sextant::cosine, sextant::lvq<4>, 78, 92, 20>, stored_as<sextant::cosine, sextant::rabitq<1>, 480, 74, 5>>;
TYPED_TEST_SUITE(codecs, cases);

TYPED_TEST(codecs, find_most_neighbours_however_the_index_was_filled) {
    this->expect_recall(*this->inserted_, "inserted");
    this->expect_recall(*this->built_, "built");
    support::expect_sound(this->inserted_->nodes());
    support::expect_sound(this->built_->nodes());
}

TYPED_TEST(codecs, give_vectors_back_within_their_error) {
    for (const auto* index : {this->inserted_.get(), this->built_.get()}) {
        double squares = 0.0;
        for (std::size_t row = 0; row < this->count; ++row) {
            const auto vector = index->get(row).value();
            squares += support::squared_difference(vector, this->points_[row]).value;
        }
        const double error = std::sqrt(squares / static_cast<double>(this->count * this->dim)) / this->spread();
        EXPECT_LE(error, TypeParam::most_error);
    }
    EXPECT_FALSE(this->inserted_->get(this->count));
}

TYPED_TEST(codecs, report_distances_within_their_error) {
    // A code that is off by e moves a squared distance by 2⟨q − x, e⟩ + ‖e‖², of which the first is small among neighbours.
    const double scale = std::is_same_v<typename TypeParam::metric, sextant::l2> ? 1.0 : 0.5;
    const double norm = std::is_same_v<typename TypeParam::metric, sextant::cosine>
                            ? support::product(this->points_[0], this->points_[0]).value : 1.0;
    const double whole = this->spread() * std::sqrt(static_cast<double>(this->dim));  // of a vector
    double sum = 0.0;
    std::size_t n = 0;
    for (std::size_t q = 0; q < 5; ++q) {
        for (const hit<>& h : this->inserted_->search_exact(this->queries_[q], this->count)) {
            sum += std::abs(h.distance - this->distance(this->queries_[q], this->points_[h.key]));
            ++n;
        }
    }
    const double mean = sum / static_cast<double>(n);
    const double unit = scale * whole * whole / norm;
    EXPECT_LE(mean, unit * (0.6 * TypeParam::most_error + 1e-5));
}

TYPED_TEST(codecs, know_a_stored_vector_by_itself) {
    std::size_t known = 0;
    for (std::size_t row = 0; row < this->count; row += 10) {
        const auto hits = this->inserted_->search_exact(this->points_[row], 1);
        known += hits.front().key == row ? 1u : 0u;
    }
    if (TypeParam::most_error < 0.2) {
        EXPECT_EQ(known, 80u);
    } else {
        EXPECT_GE(known, 72u) << "with so little left of a vector, another one may take its place";
    }
}

TYPED_TEST(codecs, answer_alike_in_every_way_of_searching) {
    const auto& index = *this->inserted_;
    sextant::thread_pool pool(2);
    const auto batch = index.search_batch(rows(this->queries_.values, this->dim), 10, {.ef = 40}, &pool);
    std::vector<hit<>> out(10);
    for (std::size_t q = 0; q < this->queries_.rows; ++q) {
        const auto query = this->queries_[q];
        const auto expected = index.search(query, 10, {.ef = 40});
        EXPECT_TRUE(std::ranges::equal(batch[q], expected));
        EXPECT_TRUE(std::ranges::equal(index.search_into(query, out, {.ef = 40}), expected));
        const auto every = [](std::uint64_t) { return true; };
        const auto all = index.search(query, this->count, {.filter = every});
        EXPECT_EQ(all.size(), this->count);
        // Asked for everything, a search compares everything; a sum of floats may round otherwise beside other rows.
        const auto exact = index.search_exact(query, this->count);
        ASSERT_EQ(exact.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(exact[i].distance, all[i].distance, 1e-5f);
    }
}

TYPED_TEST(codecs, filter_and_stop) {
    const auto& index = *this->inserted_;
    const auto query = this->queries_[0];
    for (const std::uint64_t step : {2u, 7u, 100u}) {
        const auto few = [&](std::uint64_t key) { return key % step == 1; };
        const std::size_t there = (this->count + step - 2) / step;
        const auto hits = index.search(query, 20, {.filter = few});
        EXPECT_EQ(hits.size(), std::min<std::size_t>(20, there));
        EXPECT_EQ(index.search(query, 20, {}, few), hits);
        EXPECT_TRUE(std::ranges::all_of(hits, few, &hit<>::key));
        EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
        EXPECT_EQ(index.search_exact(query, this->count, {.filter = few}).size(), there);
    }
    const std::atomic<bool> flag = true;
    sextant::search_stats stats;
    EXPECT_LE(index.search(query, 10, {.stop = flag, .stats = &stats}).size(), 10u);
    EXPECT_LE(index.search_exact(query, 10, {.stop = flag, .stats = &stats}).size(), 10u);
    EXPECT_EQ(stats.stopped, 2u);
}

TYPED_TEST(codecs, take_any_k_and_an_empty_index) {
    const auto& index = *this->built_;
    const auto query = this->queries_[0];
    EXPECT_TRUE(index.search(query, 0).empty());
    EXPECT_TRUE(index.search_exact(query, 0).empty());
    EXPECT_EQ(index.search(query, this->count + 50).size(), this->count);
    EXPECT_EQ(index.search_exact(query, this->count + 50).size(), this->count);
    typename TestFixture::index_type empty(this->options);
    EXPECT_TRUE(empty.search(query, 3).empty());
    EXPECT_TRUE(empty.search_exact(query, 3).empty());
    EXPECT_FALSE(empty.get(1));
    EXPECT_EQ(empty.build({}, rows(this->points_.values.data(), 0, this->dim)), 0u);
    EXPECT_TRUE(empty.insert(9, this->points_[9]));
    EXPECT_FALSE(empty.insert(9, this->points_[8]));
    EXPECT_EQ(empty.search(query, 3).size(), 1u);
}

TYPED_TEST(codecs, take_the_memory_they_say) {
    const auto report = this->built_->memory_usage();
    EXPECT_GE(report.vectors, this->count * TypeParam::bytes);
    EXPECT_LE(report.vectors, this->count * (TypeParam::bytes + 128) * 3 / 2) << "padding, factors and room to grow";
    EXPECT_EQ(report.total(), report.vectors + report.links + report.nodes + report.keys + report.object);
}

}  // namespace codecs_test
