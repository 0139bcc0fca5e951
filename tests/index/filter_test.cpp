#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/recall.hpp"

namespace filter_test {

using sextant::hit;

constexpr std::size_t dim = 24;
constexpr std::size_t count = 20'000;
constexpr std::size_t k = 10;

class filters : public testing::Test {
protected:
    using index = sextant::index<sextant::l2>;

    static void SetUpTestSuite() {
        index_ = std::make_unique<index>(sextant::index_options{.dim = dim, .degree = 8, .ef_construction = 60});
        const support::matrix<float> points = support::clustered_points(count, dim, 111);
        index_->build(support::keys_from(0, count), sextant::rows(points.values, dim));
    }

    static void TearDownTestSuite() { index_.reset(); }

    /// Searches with a filter that `passing` keys pass, says the same in every way it can be said, and returns the
    /// recall.
    template <class Filter>
    double search(std::span<const float> query, std::size_t passing, std::size_t ef, Filter&& filter) {
        const auto hits = index_->search(query, k, {.ef = ef}, filter);
        EXPECT_EQ(hits.size(), std::min(k, passing));
        EXPECT_TRUE(std::ranges::all_of(hits, [&](const hit<>& h) { return filter(h.key); }));
        EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
        EXPECT_EQ(index_->search(query, k, {.ef = ef, .filter = filter}), hits) << "as an option";
        std::vector<hit<>> out(k);
        EXPECT_TRUE(std::ranges::equal(index_->search_into(query, out, {.ef = ef, .filter = filter}), hits));
        EXPECT_TRUE(std::ranges::equal(index_->search_into(query, out, {.ef = ef}, filter), hits));
        return support::recall(hits, index_->search_exact(query, k, {.filter = filter}));
    }

    static inline std::unique_ptr<index> index_;
    support::matrix<float> queries_ = support::clustered_points(25, dim, 111, 1);
};

TEST_F(filters, that_pass_one_in_n_always_give_what_passes) {
    struct share {
        std::uint64_t step;
        double least_recall;
    };
    // None (no key is that large), one of all, 1 %, 10 %, 50 %, all.
    for (const auto& [step, least_recall] :
         {share{30'000, 1.0}, share{20'000, 1.0}, share{100, 0.97}, share{10, 0.95}, share{2, 0.9}, share{1, 0.9}}) {
        SCOPED_TRACE(step);
        const auto filter = [step = step](std::uint64_t key) { return key % step == step - 1; };
        double recall = 0.0;
        for (std::size_t q = 0; q < queries_.rows; ++q) recall += search(queries_[q], count / step, 64, filter);
        EXPECT_GE(recall / static_cast<double>(queries_.rows), least_recall);
    }
}

TEST_F(filters, that_pass_few_are_answered_exactly) {
    for (const std::uint64_t step : {2'000u, 1'000u, 400u}) {
        const auto filter = [step](std::uint64_t key) { return key % step == 3; };
        for (std::size_t q = 0; q < queries_.rows; ++q) EXPECT_EQ(search(queries_[q], count / step, 64, filter), 1.0);
    }
}

// What passes is all near the query, or all far from it: then the share that passes says little about the way to go.
TEST_F(filters, may_depend_on_how_near_a_vector_is) {
    for (const double share : {0.002, 0.02, 0.1}) {
        double near_recall = 0.0;
        double far_recall = 0.0;
        for (std::size_t q = 0; q < queries_.rows; ++q) {
            const auto all = index_->search_exact(queries_[q], count);
            const auto few = static_cast<std::size_t>(share * static_cast<double>(count));
            std::unordered_set<std::uint64_t> nearest;
            std::unordered_set<std::uint64_t> farthest;
            for (std::size_t i = 0; i < few; ++i) {
                nearest.insert(all[i].key);
                farthest.insert(all[count - 1 - i].key);
            }
            near_recall += search(queries_[q], few, 64, [&](std::uint64_t key) { return nearest.contains(key); });
            far_recall += search(queries_[q], few, 64, [&](std::uint64_t key) { return farthest.contains(key); });
        }
        EXPECT_GE(near_recall / static_cast<double>(queries_.rows), 0.9) << share;
        EXPECT_GE(far_recall / static_cast<double>(queries_.rows), 0.9) << share;
    }
}

TEST_F(filters, give_k_for_every_k_and_ef) {
    const auto filter = [](std::uint64_t key) { return key % 37 == 5; };
    constexpr std::size_t passing = 541;
    for (const std::size_t wanted : {0u, 1u, 5u, 100u, 540u, 541u, 542u, 20'000u, 50'000u}) {
        for (const std::size_t ef : {0u, 1u, 50u, 600u, 30'000u}) {
            EXPECT_EQ(index_->search(queries_[0], wanted, {.ef = ef}, filter).size(), std::min<std::size_t>(wanted, passing));
        }
    }
}

TEST_F(filters, may_be_any_callable) {
    const auto even = [](std::uint64_t key) { return key % 2 == 0; };
    const auto expected = index_->search(queries_[0], k, {}, even);
    const std::function<bool(std::uint64_t)> wrapped = even;
    bool (*const pointer)(std::uint64_t) = even;
    struct by_reference {
        bool operator()(const std::uint64_t& key) const { return key % 2 == 0; }
    };
    auto with_a_state = [calls = 0](std::uint64_t key) mutable { return ++calls, key % 2 == 0; };
    const auto as_number = [](std::uint64_t key) { return key % 2 == 0 ? 2 : 0; };
    EXPECT_EQ(index_->search(queries_[0], k, {}, wrapped), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {.filter = wrapped}), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {}, pointer), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {.filter = *pointer}), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {}, by_reference{}), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {.filter = by_reference{}}), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {}, with_a_state), expected);
    EXPECT_EQ(index_->search(queries_[0], k, {}, as_number), expected);
}

TEST_F(filters, given_last_are_asked_and_the_options_filter_is_not) {
    const auto odd = [](std::uint64_t key) { return key % 2 == 1; };
    bool asked = false;
    const auto other = [&](std::uint64_t) { return asked = true; };
    EXPECT_EQ(index_->search(queries_[0], k, {.filter = other}, odd), index_->search(queries_[0], k, {}, odd));
    EXPECT_FALSE(asked);
}

TEST_F(filters, that_throw_leave_everything_usable) {
    const auto expected = index_->search(queries_[0], k, {}, [](auto key) { return key % 3 == 0; });
    for (const int limit : {1, 2, 50, 1000}) {
        int calls = 0;
        const auto fails = [&](std::uint64_t) -> bool {
            if (++calls == limit) throw std::runtime_error("a filter that throws");
            return false;
        };
        EXPECT_THROW(index_->search(queries_[0], k, {}, fails), std::runtime_error);
        calls = 0;
        EXPECT_THROW(index_->search_exact(queries_[0], k, {.filter = fails}), std::runtime_error);
        EXPECT_EQ(index_->search(queries_[0], k, {}, [](auto key) { return key % 3 == 0; }), expected);
    }
}

TEST_F(filters, may_search_themselves) {
    sextant::index<sextant::l2> other({.dim = 1});
    for (std::uint64_t i = 0; i < 100; ++i) other.insert(i, std::vector<float>{static_cast<float>(i)});

    // Passes keys whose nearest neighbour has an even key, as the same index says, and that another index knows.
    const auto plain = [&](std::uint64_t key) { return key % 5 == 0; };
    const auto expected = index_->search(queries_[0], k, {}, plain);
    std::size_t nested = 0;
    const auto filter = [&](std::uint64_t key) {
        const std::vector<float> vector = index_->get(key).value();
        EXPECT_EQ(index_->search(vector, 1, {.ef = 30}).size(), 1u);
        EXPECT_EQ(index_->search(vector, 2, {.ef = 30}, [](auto inner) { return inner % 2 == 0; }).size(), 2u);
        EXPECT_EQ(other.search(std::vector<float>{static_cast<float>(key % 100)}, 1).front().key, key % 100);
        ++nested;
        return plain(key);
    };
    EXPECT_EQ(index_->search(queries_[0], k, {}, filter), expected);
    EXPECT_GT(nested, 50u);
}

TEST_F(filters, may_search_in_filters_in_filters) {
    std::size_t deepest = 0;
    const std::function<std::uint64_t(std::size_t)> nearest_at = [&](std::size_t depth) {
        deepest = std::max(deepest, depth);
        bool first = true;
        const auto filter = [&](std::uint64_t key) {
            if (depth < 8 && std::exchange(first, false)) nearest_at(depth + 1);
            return key % 3 != 0;
        };
        return index_->search(queries_[1], 1, {.ef = 20}, filter).front().key;
    };
    const std::uint64_t expected = index_->search(queries_[1], 1, {.ef = 20}, [](auto key) { return key % 3 != 0; }).front().key;
    EXPECT_EQ(nearest_at(0), expected);
    EXPECT_EQ(deepest, 8u);
}

TEST_F(filters, may_release_the_scratch_under_a_search) {
    const auto plain = [](std::uint64_t key) { return key % 4 == 1; };
    const auto expected = index_->search(queries_[2], k, {}, plain);
    const auto filter = [&](std::uint64_t key) {
        sextant::release_scratch();
        return plain(key);
    };
    EXPECT_EQ(index_->search(queries_[2], k, {}, filter), expected);
    EXPECT_EQ(index_->search(queries_[2], k, {}, plain), expected);
}

TEST(filter, sees_the_keys_and_not_copies_of_them) {
    sextant::index<sextant::l2, sextant::f32, std::string> index({.dim = 1});
    for (int i = 0; i < 50; ++i) index.insert("the word number " + std::to_string(i), std::vector<float>{static_cast<float>(i)});
    const auto short_words = [](const std::string& key) { return key.ends_with('7'); };
    const auto hits = index.search(std::vector<float>{20.0f}, 3, {}, short_words);
    ASSERT_EQ(hits.size(), 3u);
    EXPECT_EQ(hits[0], (hit<std::string>{"the word number 17", 9.0f}));
    EXPECT_EQ(hits[1], (hit<std::string>{"the word number 27", 49.0f}));
    EXPECT_EQ(hits[2], (hit<std::string>{"the word number 7", 169.0f}));
}

TEST(filter, that_inserts_pushes_nobody_out_who_was_there) {
    sextant::index<sextant::l2> index({.dim = 1});
    for (int i = 0; i < 10; ++i) index.insert(static_cast<std::uint64_t>(i), {static_cast<float>(i)});
    const auto inserts = [&](std::uint64_t) {
        index.insert(100, {0.5f});
        return true;
    };
    std::vector<hit<>> out(20);
    std::set<std::uint64_t> found;
    for (const hit<>& h : index.search_into({0.0f}, out, {}, inserts)) found.insert(h.key);
    for (std::uint64_t key = 0; key < 10; ++key) EXPECT_TRUE(found.contains(key)) << key;
}

TEST(filter, may_be_a_member_of_the_key) {
    sextant::index<sextant::l2, sextant::f32, std::string> index({.dim = 1});
    index.insert("", {1.0f});
    index.insert("a", {2.0f});
    const auto hits = index.search({0.0f}, 2, {}, &std::string::empty);
    ASSERT_EQ(hits.size(), 1u);
    EXPECT_EQ(hits[0].key, "");
}

TEST(filter, may_insert_while_its_search_asks_for_more_than_there_are) {
    const support::matrix<float> points = support::clustered_points(40, dim, 112);
    sextant::index<sextant::l2> index({.dim = dim, .degree = 8, .ef_construction = 60});
    for (std::size_t row = 0; row < 5; ++row) index.insert(row, points[row]);
    std::vector<hit<>> out(20);
    const auto inserts = [&](std::uint64_t) { return index.size() == points.rows || index.insert(index.size(), points[index.size()]); };
    EXPECT_GE(index.search_into(points[0], out, {}, inserts).size(), 5u);
    EXPECT_GT(index.size(), 5u);
}

}  // namespace filter_test
