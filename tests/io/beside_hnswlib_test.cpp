#include <sextant/sextant.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

#include "index/support/codec_cases.hpp"
#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "io/support/hnswlib_bytes.hpp"
#include "io/support/hnswlib_index.hpp"
#include "support/reference.hpp"
#include "support/words.hpp"

namespace beside_hnswlib_test {

using space = support::hnswlib_index::space;

template <class Metric>
inline constexpr space space_of = std::is_same_v<Metric, sextant::l2> ? space::l2 : space::inner_product;

/// A file that goes when the test ends.
struct scratch_file {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("sextant_beside_hnswlib_" + std::to_string(::getpid()));
    scratch_file() = default;
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;
    ~scratch_file() { std::filesystem::remove(path); }
};

void normalise(support::matrix<float>& points) {
    for (std::size_t row = 0; row < points.rows; ++row) {
        const auto length = static_cast<float>(std::sqrt(support::product(points[row], points[row]).value));
        for (std::size_t i = 0; i < points.dim; ++i) points.values[row * points.dim + i] /= length;
    }
}

std::size_t common(const std::vector<std::uint64_t>& labels, const std::vector<sextant::hit<>>& exact) {
    return static_cast<std::size_t>(
        std::ranges::count_if(exact, [&](const auto& hit) { return std::ranges::find(labels, hit.key) != labels.end(); }));
}

template <class Index>
std::vector<std::uint64_t> keys_found(const Index& index, std::span<const float> query, std::size_t k, std::size_t ef) {
    std::vector<std::uint64_t> keys;
    for (const auto& hit : index.search(query, k, {.ef = ef})) keys.push_back(hit.key);
    return keys;
}

constexpr std::uint64_t label_of(std::size_t row) { return 5 * row + (std::uint64_t{1} << 40); }

template <class Case>
class beside_hnswlib : public testing::Test {};

using cases = testing::Types<support::codec_case<sextant::l2, sextant::f32>, support::codec_case<sextant::cosine, sextant::f32>,
                             support::codec_case<sextant::inner_product, sextant::f32>,
                             support::codec_case<sextant::l2, sextant::lvq<8>>,
                             support::codec_case<sextant::cosine, sextant::rerank<sextant::rabitq<4>, sextant::f16>>>;
TYPED_TEST_SUITE(beside_hnswlib, cases);

TYPED_TEST(beside_hnswlib, an_index_moves_with_its_recall) {
    constexpr std::size_t dim = TypeParam::dim;
    auto points = TypeParam::points(3000, 411);
    auto queries = TypeParam::points(200, 411, 1);
    if (std::is_same_v<typename TypeParam::metric, sextant::cosine>) {
        normalise(points);
        normalise(queries);
    }
    support::hnswlib_index theirs(space_of<typename TypeParam::metric>, dim, points.rows, 10, 80);
    for (std::size_t row = 0; row < points.rows; ++row) theirs.add(points[row], label_of(row));
    const scratch_file file;
    theirs.save(file.path);

    auto imported = sextant::import_hnswlib<typename TypeParam::index>(file.path, dim);
    ASSERT_TRUE(imported) << imported.error().message;
    auto& index = *imported;
    EXPECT_EQ(index.size(), points.rows);
    EXPECT_EQ(index.options().degree, 10u);
    EXPECT_EQ(index.options().ef_construction, 80u);
    const auto report = index.validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    for (std::size_t row = 0; row < points.rows; ++row) {
        const auto stored = index.get(label_of(row));
        ASSERT_TRUE(stored);
        for (std::size_t i = 0; i < dim; ++i) ASSERT_NEAR((*stored)[i], points[row][i], 0.05f);
        if (std::is_same_v<typename TypeParam::codec, sextant::f32>) {
            ASSERT_TRUE(std::ranges::equal(*stored, points[row]));
        }
    }
    // Theirs against theirs and ours against ours: a code may rank differently, which is not the graph's fault.
    sextant::index<typename TypeParam::metric> truth({.dim = dim});
    for (std::size_t row = 0; row < points.rows; ++row) truth.insert(label_of(row), points[row]);
    for (const std::size_t ef : {20u, 50u, 100u}) {
        std::size_t found_theirs = 0;
        std::size_t found_ours = 0;
        for (std::size_t row = 0; row < queries.rows; ++row) {
            found_theirs += common(theirs.search(queries[row], 10, ef), truth.search_exact(queries[row], 10));
            found_ours += common(keys_found(index, queries[row], 10, ef), index.search_exact(queries[row], 10));
        }
        EXPECT_GE(found_ours + 40, found_theirs) << "of 2000, at ef " << ef;
    }

    for (std::size_t row = 0; row < queries.rows; ++row) EXPECT_TRUE(index.insert(row, queries[row]));
    EXPECT_FALSE(index.insert(label_of(7), queries[0]));
    support::expect_sound(index.nodes());
    std::size_t found = 0;
    for (std::size_t row = 0; row < queries.rows; ++row) found += keys_found(index, queries[row], 1, 50).at(0) == row ? 1u : 0u;
    EXPECT_GE(found, queries.rows * 97 / 100);
}

TYPED_TEST(beside_hnswlib, an_index_moves_without_what_was_deleted) {
    constexpr std::size_t dim = TypeParam::dim;
    const auto points = TypeParam::points(2000, 412);
    const auto queries = TypeParam::points(100, 412, 1);
    support::hnswlib_index theirs(space_of<typename TypeParam::metric>, dim, 4000, 8, 60);
    for (std::size_t row = 0; row < points.rows; ++row) theirs.add(points[row], row);
    for (std::size_t row = 0; row < points.rows; row += 3) theirs.mark_deleted(row);
    const scratch_file file;
    theirs.save(file.path);

    const auto index = sextant::import_hnswlib<typename TypeParam::index>(file.path, dim);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->size(), points.rows - (points.rows + 2) / 3);
    for (std::size_t row = 0; row < points.rows; ++row) EXPECT_EQ(index->contains(row), row % 3 != 0);
    const auto report = index->validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_EQ(report.vacant, (points.rows + 2) / 3);
    std::size_t found = 0;
    for (std::size_t row = 0; row < queries.rows; ++row) {
        found += common(keys_found(*index, queries[row], 10, 60), index->search_exact(queries[row], 10));
    }
    EXPECT_GE(found, 960u);
}

TEST(beside_hnswlib_of_words, an_index_answers_as_it_did) {
    auto words = support::read_words(10'000).vectors;
    normalise(words);
    support::hnswlib_index theirs(space::inner_product, 100, 9800, 16, 100);
    for (std::size_t row = 0; row < 9800; ++row) theirs.add(words[row], row);
    const scratch_file file;
    theirs.save(file.path);
    const auto index = sextant::import_hnswlib<sextant::index<sextant::cosine>>(file.path, 100);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_TRUE(index->validate().ok());
    for (const std::size_t ef : {20u, 50u, 100u}) {
        std::size_t found_theirs = 0;
        std::size_t found_ours = 0;
        for (std::size_t row = 9800; row < words.rows; ++row) {
            const auto exact = index->search_exact(words[row], 10);
            found_theirs += common(theirs.search(words[row], 10, ef), exact);
            found_ours += common(keys_found(*index, words[row], 10, ef), exact);
        }
        EXPECT_GE(found_ours + 30, found_theirs) << "of 2000, at ef " << ef;
    }
}

TEST(beside_hnswlib_of_files, an_empty_index_and_one_vector_move) {
    support::hnswlib_index theirs(space::l2, 4, 10, 5, 20);
    const scratch_file file;
    theirs.save(file.path);
    const auto none = sextant::import_hnswlib<sextant::index<sextant::l2>>(file.path, 4);
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_TRUE(none->empty());
    theirs.add(std::vector{1.0f, 2.0f, 3.0f, 4.0f}, 77);
    theirs.save(file.path);
    const auto one = sextant::import_hnswlib<sextant::index<sextant::l2>>(file.path, 4);
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(*one->get(77), (std::vector{1.0f, 2.0f, 3.0f, 4.0f}));
    support::expect_sound(one->nodes());
}

TEST(beside_hnswlib_of_files, the_golden_file_is_what_it_says) {
    const auto points = support::grid_points(48, 3, 401, 8);
    support::hnswlib_index theirs(space::l2, 3, 60, 3, 30);
    for (std::size_t row = 0; row < points.rows; ++row) theirs.add(points[row], 1000 + 7 * row);
    for (const std::size_t row : {3u, 11u, 12u, 30u, 47u}) theirs.mark_deleted(1000 + 7 * row);
    const scratch_file file;
    theirs.save(file.path);
    EXPECT_EQ(support::read_bytes(file.path), support::golden_hnswlib());
}

TEST(beside_hnswlib_of_files, vectors_that_were_updated_move) {
    const auto points = support::clustered_points(1000, 8, 413);
    support::hnswlib_index theirs(space::l2, 8, 500, 6, 40);
    for (std::size_t row = 0; row < points.rows; ++row) theirs.add(points[row], row % 500);  // the later half replaces
    const scratch_file file;
    theirs.save(file.path);
    const auto index = sextant::import_hnswlib<sextant::index<sextant::l2>>(file.path, 8);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->size(), 500u);
    for (std::size_t row = 500; row < 1000; ++row) EXPECT_TRUE(std::ranges::equal(*index->get(row - 500), points[row]));
    EXPECT_TRUE(index->validate().ok());
}

}  // namespace beside_hnswlib_test
