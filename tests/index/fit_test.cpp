#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "index/support/codec_cases.hpp"
#include "index/support/refusals.hpp"

namespace fit_test {

using sextant::errc;
using support::expect_error;
using sextant::rows;

using coded = sextant::index<sextant::l2, sextant::rerank<sextant::rabitq<2>, sextant::rabitq<4>>>;
using data = support::codec_case<sextant::l2, sextant::rabitq<4>>;

constexpr std::size_t dim = data::dim;
constexpr sextant::index_options options{.dim = dim, .degree = 8, .ef_construction = 40};

template <class Index>
concept can_fit = requires(Index& index, sextant::matrix_view<float> sample) { index.fit(sample); };
static_assert(can_fit<coded>);
static_assert(!can_fit<sextant::index<sextant::l2>>, "floats have nothing to learn");

class fit : public testing::Test {
protected:
    /// How far the first `count` vectors are from what they were, squared and added up.
    double error_of(const coded& index, std::size_t count) const {
        double sum = 0.0;
        for (std::size_t row = 0; row < count; ++row) sum += support::squared_difference(index.get(row).value(), points_[row]).value;
        return sum;
    }

    void insert(coded& index, std::size_t first, std::size_t end) const {
        for (std::size_t row = first; row < end; ++row) EXPECT_TRUE(index.insert(row, points_[row]));
    }

    support::matrix<float> points_ = data::points(600, 271);
    support::matrix<float> sample_ = data::points(300, 271, 1);
    support::matrix<float> queries_ = data::points(30, 271, 2);
};

TEST_F(fit, makes_the_first_vectors_as_faithful_as_the_later_ones) {
    coded fitted(options);
    fitted.fit(rows(sample_.values, dim));
    coded plain(options);
    insert(fitted, 0, 60);
    insert(plain, 0, 60);
    EXPECT_LT(error_of(fitted, 60), 0.7 * error_of(plain, 60)) << "data far from the origin";
}

TEST_F(fit, is_not_needed_to_answer_well) {
    coded fitted(options);
    fitted.fit(rows(sample_.values, dim));
    coded plain(options);
    insert(fitted, 0, 600);
    insert(plain, 0, 600);
    std::size_t found_by_fitted = 0;
    std::size_t found_by_plain = 0;
    for (std::size_t q = 0; q < queries_.rows; ++q) {
        std::vector<std::pair<double, std::uint64_t>> truth;
        for (std::size_t row = 0; row < 600; ++row) truth.emplace_back(support::squared_difference(queries_[q], points_[row]).value, row);
        std::ranges::sort(truth);
        for (std::size_t i = 0; i < 10; ++i) {
            for (const auto& h : fitted.search(queries_[q], 10)) found_by_fitted += h.key == truth[i].second ? 1u : 0u;
            for (const auto& h : plain.search(queries_[q], 10)) found_by_plain += h.key == truth[i].second ? 1u : 0u;
        }
    }
    const auto all = static_cast<double>(10 * queries_.rows);
    EXPECT_GE(static_cast<double>(found_by_fitted) / all, 0.90);
    EXPECT_GE(static_cast<double>(found_by_plain) / all, 0.88);
}

TEST_F(fit, counts_only_once) {
    coded once(options);
    coded twice(options);
    once.fit(rows(sample_.values, dim));
    twice.fit(rows(sample_.values, dim));
    twice.fit(rows(queries_.values, dim));
    insert(once, 0, 5);
    insert(twice, 0, 5);
    for (std::size_t row = 0; row < 5; ++row) EXPECT_EQ(once.get(row), twice.get(row));
}

TEST_F(fit, after_the_first_vector_is_refused) {
    coded tested(options);
    insert(tested, 0, 30);
    const std::uint32_t sum = tested.checksum();
    const auto answer = tested.search(queries_[0], 30);
    expect_error(errc::not_empty, [&] { tested.fit(rows(sample_.values, dim)); });
    expect_error(errc::not_empty, [&] { tested.fit(rows(sample_.values.data(), 0, dim)); });
    EXPECT_EQ(tested.size(), 30u);
    EXPECT_EQ(tested.checksum(), sum);
    EXPECT_EQ(tested.search(queries_[0], 30), answer);
    insert(tested, 30, 100);
}

TEST_F(fit, to_nothing_or_to_what_is_refused_changes_nothing) {
    coded plain(options);
    coded tested(options);
    tested.fit({});
    tested.fit(rows(sample_.values.data(), 0, dim));
    std::vector<float> bad = sample_.values;
    bad[77 * dim + 3] = std::numeric_limits<float>::quiet_NaN();
    expect_error(errc::not_finite, [&] { tested.fit(rows(bad, dim)); });
    expect_error(errc::dimension_mismatch, [&] { tested.fit(rows(sample_.values, dim / 2)); });
    const std::size_t memory = tested.memory_usage().object;
    EXPECT_EQ(memory, plain.memory_usage().object);
    insert(plain, 0, 10);
    insert(tested, 0, 10);
    for (std::size_t row = 0; row < 10; ++row) EXPECT_EQ(tested.get(row), plain.get(row));

    coded later(options);
    expect_error(errc::not_finite, [&] { later.fit(rows(bad, dim)); });
    later.fit(rows(sample_.values, dim));
    EXPECT_GT(later.memory_usage().object, memory) << "it knows a mean";
}

}  // namespace fit_test
