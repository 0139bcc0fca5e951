#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "index/support/points.hpp"

namespace move_test {

using index = sextant::index<sextant::l2>;

static_assert(std::is_nothrow_move_constructible_v<index> && std::is_nothrow_move_assignable_v<index>);
static_assert(!std::is_copy_constructible_v<index> && !std::is_copy_assignable_v<index>);
static_assert(std::is_nothrow_move_constructible_v<sextant::index<sextant::cosine, sextant::f32, std::string>>);

constexpr std::size_t dim = 6;

index filled(std::size_t count, std::uint64_t seed) {
    index result({.dim = dim, .degree = 4, .ef_construction = 20});
    const support::matrix<float> points = support::grid_points(count, dim, seed);
    for (std::size_t row = 0; row < count; ++row) result.insert(row, points[row]);
    return result;
}

class move : public testing::Test {
protected:
    std::vector<float> query_ = std::vector<float>(dim, 2.0f);
    index from_ = filled(300, 141);
    std::uint32_t sum_ = from_.checksum();
    std::vector<sextant::hit<>> answer_ = from_.search(query_, 20);

    void expect_content(index& moved) {
        EXPECT_EQ(moved.size(), 300u);
        EXPECT_EQ(moved.dim(), dim);
        EXPECT_EQ(moved.options().degree, 4u);
        EXPECT_EQ(moved.checksum(), sum_);
        EXPECT_EQ(moved.search(query_, 20), answer_);
        EXPECT_FALSE(moved.insert(299, query_));
        EXPECT_TRUE(moved.insert(300, query_));
        EXPECT_EQ(moved.search(query_, 1).front().key, 300u);
    }
};

TEST_F(move, construction_takes_everything_along) {
    index to = std::move(from_);
    expect_content(to);
}

TEST_F(move, assignment_replaces_what_was_there) {
    index to = filled(50, 142);
    to = std::move(from_);
    expect_content(to);
}

TEST_F(move, leaves_an_index_that_can_be_assigned_to) {
    index to = std::move(from_);
    from_ = filled(10, 143);
    EXPECT_EQ(from_.size(), 10u);
    EXPECT_TRUE(from_.insert(10, query_));
    expect_content(to);
}

TEST_F(move, works_both_ways_in_a_swap) {
    index other({.dim = 2});
    std::swap(from_, other);
    expect_content(other);
    EXPECT_EQ(from_.dim(), 2u);
    EXPECT_TRUE(from_.insert(1, std::vector<float>{1.0f, 2.0f}));
}

TEST_F(move, happens_when_a_vector_of_indexes_grows) {
    std::vector<index> many;
    many.push_back(std::move(from_));
    for (int i = 0; i < 40; ++i) many.emplace_back(sextant::index_options{.dim = 3});
    expect_content(many.front());
}

TEST_F(move, does_not_move_the_vectors) {
    const sextant::graph* const nodes = &from_.nodes();
    const index to = std::move(from_);
    EXPECT_EQ(&to.nodes(), nodes);
}

}  // namespace move_test
