#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "index/support/cases.hpp"
#include "index/support/refusals.hpp"

namespace refused_test {

using sextant::errc;
using support::expect_error;
using sextant::index_options;

constexpr std::size_t dim = 37;  // no kernel's width divides it
constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

template <class Metric>
class refused : public testing::Test {
protected:
    refused() {
        for (std::size_t row = 0; row < 50; ++row) index_.insert(row, points_[row]);
    }

    /// A vector that may be neither stored nor searched for, in whatever way it is brought.
    void expect_refused(errc code, const std::vector<float>& vector) {
        const std::uint32_t sum = index_.checksum();
        const std::size_t memory = index_.memory_usage().total();
        const auto answer = index_.search(points_[0], 60);

        expect_error(code, [&] { index_.insert(1000, vector); });
        expect_error(code, [&] { index_.insert(3, vector); });
        expect_error(code, [&] { index_.search(vector, 3); });
        expect_error(code, [&] { index_.search(vector, 0); });
        expect_error(code, [&] { index_.search(vector, 3, {}, [](auto) { return true; }); });
        expect_error(code, [&] { index_.search_exact(vector, 3); });
        std::array<sextant::hit<>, 2> out{{{7, 7.0f}, {7, 7.0f}}};
        expect_error(code, [&] { index_.search_into(vector, out); });
        EXPECT_EQ(out[0], (sextant::hit<>{7, 7.0f}));
        expect_error(code, [&] { empty_.search(vector, 3); });
        if (!vector.empty()) {
            expect_error(code, [&] { index_.search_batch(sextant::rows(vector, vector.size()), 3); });
            expect_error(code, [&] { index_.build(std::vector<std::uint64_t>{1000}, sextant::rows(vector, vector.size())); });
        }

        EXPECT_EQ(index_.size(), 50u);
        EXPECT_FALSE(index_.contains(1000));
        EXPECT_EQ(index_.checksum(), sum);
        EXPECT_EQ(index_.memory_usage().total(), memory);
        EXPECT_EQ(index_.search(points_[0], 60), answer);
    }

    support::matrix<float> points_ = support::grid_points(51, dim, 131);
    sextant::index<Metric> index_{{.dim = dim, .degree = 4}};
    sextant::index<Metric> empty_{{.dim = dim}};
};

using metrics = testing::Types<sextant::l2, sextant::inner_product, sextant::cosine, support::chebyshev>;
TYPED_TEST_SUITE(refused, metrics);

TYPED_TEST(refused, vectors_of_another_dimension) {
    for (const std::size_t size : {0u, 1u, 36u, 38u, 74u}) {
        this->expect_refused(errc::dimension_mismatch, std::vector<float>(size, 1.0f));
    }
}

TYPED_TEST(refused, vectors_that_are_not_finite_wherever_it_shows) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const float bad : {nan, -nan, std::numeric_limits<float>::signaling_NaN(), infinity, -infinity}) {
        for (const std::size_t at : {0u, 1u, 17u, 31u, 32u, 36u}) {
            std::vector<float> vector(dim, 1.0f);
            vector[at] = bad;
            this->expect_refused(errc::not_finite, vector);
        }
    }
    std::vector<float> both(dim, infinity);
    both[3] = -infinity;
    this->expect_refused(errc::not_finite, both);
}

TEST(refused_by_the_reductions, vectors_whose_distances_would_overflow) {
    sextant::index<sextant::l2> l2({.dim = 2});
    sextant::index<sextant::inner_product> product({.dim = 2});
    sextant::index<sextant::cosine> cosine({.dim = 2});
    for (const float large : {1e19f, 1e30f, std::numeric_limits<float>::max()}) {
        const std::vector<float> vector{large, 1.0f};
        expect_error(errc::not_finite, [&] { l2.insert(1, vector); });
        expect_error(errc::not_finite, [&] { product.insert(1, vector); });
        expect_error(errc::not_finite, [&] { cosine.insert(1, vector); });
        expect_error(errc::not_finite, [&] { l2.search(vector, 1); });
    }
    EXPECT_TRUE(l2.empty() && product.empty() && cosine.empty());
}

TEST(refused_by_cosine, vectors_without_a_direction) {
    sextant::index<sextant::cosine> index({.dim = 3});
    for (const std::vector<float>& vector : {std::vector<float>{0.0f, 0.0f, 0.0f}, {0.0f, -0.0f, 0.0f}, {1e-30f, 0.0f, 0.0f}}) {
        expect_error(errc::zero_vector, [&] { index.insert(1, vector); });
        expect_error(errc::zero_vector, [&] { index.search(vector, 1); });
        expect_error(errc::zero_vector, [&] { index.build(std::vector<std::uint64_t>{1}, sextant::rows(vector, 3)); });
    }
    EXPECT_TRUE(index.empty());
    EXPECT_TRUE(index.insert(1, std::vector<float>{0.0f, 1e-10f, 0.0f})) << "short, but it points somewhere";

    sextant::index<sextant::l2> l2({.dim = 3});
    EXPECT_TRUE(l2.insert(1, std::vector<float>(3, 0.0f))) << "others take the zero vector";
}

TEST(refused_by_hamming, codes_of_another_length) {
    sextant::index<sextant::hamming> index({.dim = 17});
    for (const std::size_t size : {0u, 2u, 4u, 17u}) {
        const std::vector<std::uint8_t> code(size);
        expect_error(errc::dimension_mismatch, [&] { index.insert(1, code); });
        expect_error(errc::dimension_mismatch, [&] { index.search(code, 1); });
    }
    EXPECT_TRUE(index.insert(1, std::vector<std::uint8_t>(3)));
}

template <class Index>
void expect_options_refused(const index_options& options) {
    expect_error(errc::bad_option, [&] { Index index(options); });
}

TEST(refused_options, without_a_dimension_or_with_too_many) {
    expect_options_refused<sextant::index<sextant::l2>>({});
    expect_options_refused<sextant::index<sextant::l2>>({.dim = 65'537});
    expect_options_refused<sextant::index<sextant::cosine>>({.dim = huge});
    expect_options_refused<sextant::index<support::chebyshev>>({.dim = huge / 4 + 1});
    expect_options_refused<sextant::index<sextant::hamming>>({.dim = 1'048'577});
    expect_options_refused<sextant::index<sextant::hamming>>({.dim = huge});
}

TEST(refused_options, with_an_absurd_degree) {
    for (const std::size_t degree : {std::size_t{0}, std::size_t{1}, std::size_t{513}, huge / 8 + 1, huge}) {
        expect_options_refused<sextant::index<sextant::l2>>({.dim = 4, .degree = degree});
    }
}

TEST(refused_options, with_an_absurd_ef_construction) {
    for (const std::size_t ef : {std::size_t{0}, std::size_t{65'537}, huge}) {
        expect_options_refused<sextant::index<sextant::l2>>({.dim = 4, .ef_construction = ef});
    }
}

TEST(options, at_their_limits_work) {
    for (const index_options& options : {index_options{.dim = 1, .degree = 2, .ef_construction = 1},
                                         index_options{.dim = 1, .degree = 512, .ef_construction = 65'536},
                                         index_options{.dim = 65'536, .degree = 2, .ef_construction = 1, .seed = 0}}) {
        sextant::index<sextant::l2> index(options);
        EXPECT_EQ(index.dim(), options.dim);
        EXPECT_EQ(index.options().degree, options.degree);
        for (std::uint64_t i = 0; i < 80; ++i) EXPECT_TRUE(index.insert(i, std::vector<float>(options.dim, static_cast<float>(i))));
        EXPECT_EQ(index.search(std::vector<float>(options.dim, 33.0f), 1, {.ef = 80}).front().key, 33u);
    }
    sextant::index<sextant::hamming> bits({.dim = 1'048'576});
    EXPECT_TRUE(bits.insert(1, std::vector<std::uint8_t>(131'072, 0xFF)));
    EXPECT_EQ(bits.search(std::vector<std::uint8_t>(131'072), 1).front().distance, 1'048'576.0f);
}

TEST(refused_reserve, of_more_than_slots_can_name_changes_nothing) {
    sextant::index<sextant::l2> index({.dim = 4});
    index.insert(1, std::vector<float>(4, 1.0f));
    const std::size_t memory = index.memory_usage().total();
    expect_error(errc::too_many, [&] { index.reserve(sextant::max_slots + 1); });
    expect_error(errc::too_many, [&] { index.reserve(huge); });
    EXPECT_EQ(index.memory_usage().total(), memory);
    EXPECT_TRUE(index.insert(2, std::vector<float>(4, 1.0f)));
}

TEST(refused_message, says_what_was_expected_and_what_came) {
    sextant::index<sextant::l2> index({.dim = 12});
    try {
        index.insert(1, std::vector<float>(7));
        FAIL() << "not refused";
    } catch (const std::invalid_argument& e) {
        EXPECT_NE(std::string(e.what()).find("12"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("7"), std::string::npos) << e.what();
    }
}

}  // namespace refused_test
