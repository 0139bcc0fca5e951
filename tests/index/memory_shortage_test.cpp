#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/support/keys.hpp"
#include "index/support/mappings.hpp"
#include "index/support/points.hpp"
#include "index/support/run_short.hpp"
#include "index/support/soundness.hpp"
#include "support/allocations.hpp"

namespace memory_shortage_test {

using sextant::hit;
using sextant::rows;
using support::key_of;
using support::mapping_shortage;
using support::memory_shortage;
using support::run_short;

class memory_shortages : public testing::Test {
protected:
    memory_shortages() { sextant::release_scratch(); }

    // What is lost of the heap, the address sanitizer tells.
    void TearDown() override {
        sextant::release_scratch();
        EXPECT_EQ(support::mapped_bytes(), mapped_) << "address space was lost";
    }

private:
    std::ptrdiff_t mapped_ = support::mapped_bytes();
};

/// An index, what it answers, and the means to see that it still does.
template <class Key, class Hash = std::hash<Key>>
struct watched_index {
    sextant::index<sextant::l2, sextant::f32, Key, Hash> index;
    const support::matrix<float>& points;
    std::vector<std::vector<hit<Key>>> answers = {};

    watched_index(const sextant::index_options& options, const support::matrix<float>& p) : index(options), points(p) {}

    static Key key(std::size_t row) { return key_of<Key>(row); }

    std::vector<std::vector<hit<Key>>> ask() const {
        std::vector<std::vector<hit<Key>>> result;
        for (std::size_t q = 0; q < 3; ++q) {
            const auto query = points[points.rows - 1 - q];
            result.push_back(index.search(query, 5, {.ef = 20}));
            result.push_back(index.search(query, 5, {.ef = 20}, [](const Key& k) { return Hash{}(k) % 3 == 0; }));
        }
        result.push_back(index.search_exact(points[0], index.size()));
        return result;
    }

    void remember() { answers = ask(); }

    void expect_as_before(std::size_t size) const {
        ASSERT_EQ(index.size(), size);
        ASSERT_FALSE(index.contains(key(size)));
        ASSERT_EQ(ask(), answers);
    }

    /// Inserts row after row, each with every shortage there is.
    template <class Shortage>
    std::size_t insert_short(std::size_t count, bool with_scratch) {
        std::size_t failures = 0;
        for (std::size_t row = 0; row < count; ++row) {
            remember();
            bool inserted = false;
            failures += run_short<Shortage>(
                [&] {
                    if (!with_scratch) sextant::release_scratch();
                    inserted = index.insert(key(row), points[row]);
                },
                [&] {
                    if (!inserted) expect_as_before(row);
                });
            EXPECT_TRUE(inserted) << row;
            EXPECT_EQ(index.size(), row + 1);
            if (testing::Test::HasFailure()) return failures;
        }
        support::expect_sound(index.nodes());
        for (std::size_t row = 0; row < count; ++row) {
            const auto stored = index.get(key(row));
            EXPECT_TRUE(stored && std::ranges::equal(*stored, points[row])) << row;
        }
        return failures;
    }
};

TEST_F(memory_shortages, at_any_request_of_an_insert_leave_the_index_as_it_was) {
    // Records of 576 bytes: the first chunks come from the heap, from row 256 on they are mapped and committed in steps.
    const support::matrix<float> points = support::grid_points(400, 128, 181);
    watched_index<std::uint64_t> watched({.dim = 128, .degree = 4, .ef_construction = 10}, points);
    EXPECT_GT(watched.insert_short<memory_shortage>(360, false), 2000u) << "the scratch alone asks several times";
}

TEST_F(memory_shortages, of_growth_leave_the_index_as_it_was) {
    const support::matrix<float> points = support::grid_points(1200, 128, 182);
    watched_index<std::uint64_t> watched({.dim = 128, .degree = 4, .ef_construction = 10}, points);
    const std::size_t failures = watched.insert_short<memory_shortage>(1100, true);
    EXPECT_GT(failures, 50u);
    EXPECT_LT(failures, 2000u);
}

TEST_F(memory_shortages, of_keys_that_own_memory_leave_the_index_as_it_was) {
    const support::matrix<float> points = support::grid_points(150, 8, 183);
    watched_index<std::string> watched({.dim = 8, .degree = 2, .ef_construction = 10}, points);
    EXPECT_GT(watched.insert_short<memory_shortage>(140, false), 1000u);
}

TEST_F(memory_shortages, of_address_space_leave_the_index_as_it_was) {
    if (!support::mappings_are_watched()) GTEST_SKIP() << "mmap cannot be watched here";
    // Records so large that every chunk is mapped.
    const support::matrix<float> points = support::grid_points(300, 1024, 184);
    watched_index<std::uint64_t> watched({.dim = 1024, .degree = 4, .ef_construction = 10}, points);
    EXPECT_EQ(watched.insert_short<mapping_shortage>(280, true), 4u) << "the chunks from rows 0, 64, 128 and 256 on";
    EXPECT_GT(support::mapped_bytes(), 300 * 4096);
}

TEST_F(memory_shortages, where_every_arena_is_mapped_leave_the_index_as_it_was) {
    if (!support::mappings_are_watched()) GTEST_SKIP() << "mmap cannot be watched here";
    // At 16,384 rows records, nodes and keys each begin a chunk large enough to be mapped.
    constexpr std::size_t count = 16'384;
    const support::matrix<float> points = support::grid_points(count + 1, 2, 185, 1000);
    sextant::index<sextant::l2> index({.dim = 2, .degree = 3, .ef_construction = 4});
    for (std::size_t row = 0; row < count; ++row) index.insert(row, points[row]);
    const auto answer = index.search_exact(points[count], 100);
    const auto check = [&] {
        ASSERT_EQ(index.size(), count);
        ASSERT_FALSE(index.contains(count));
        ASSERT_EQ(index.search_exact(points[count], 100), answer);
        ASSERT_EQ(index.search(points[count], 100).size(), 100u);
    };
    const auto insert = [&] { index.insert(count, points[count]); };
    // What was committed before a refusal stays, so three arenas need two grants at the most in one try.
    EXPECT_GE(run_short<mapping_shortage>(insert, check), 2u);
    EXPECT_EQ(index.size(), count + 1);
    support::expect_sound(index.nodes());
}

TEST_F(memory_shortages, of_the_first_insert_leave_an_empty_index) {
    const support::matrix<float> points = support::grid_points(3, 16, 186);
    sextant::index<sextant::l2> index({.dim = 16});
    bool inserted = false;
    const auto insert = [&] {
        sextant::release_scratch();
        inserted = index.insert(7, points[0]);
    };
    const auto check = [&] {
        ASSERT_TRUE(index.empty());
        ASSERT_FALSE(index.contains(7));
        ASSERT_TRUE(index.search(points[1], 3).empty());
        ASSERT_TRUE(index.search_exact(points[1], 3).empty());
    };
    EXPECT_GT(run_short<memory_shortage>(insert, check), 4u);
    EXPECT_TRUE(inserted);
    EXPECT_EQ(index.search(points[0], 3), (std::vector<hit<>>{{7, 0.0f}}));
}

TEST_F(memory_shortages, of_the_constructor_leave_nothing) {
    std::optional<sextant::index<sextant::cosine>> index;
    EXPECT_GT(run_short<memory_shortage>([&] { index.emplace(sextant::index_options{.dim = 16}); },
                                         [&] { ASSERT_FALSE(index.has_value()); }),
              0u);
    EXPECT_TRUE(index->empty());
}

TEST_F(memory_shortages, of_a_search_do_not_outlive_it) {
    const support::matrix<float> points = support::grid_points(800, 16, 187);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 6, .ef_construction = 20});
    index.build(support::keys_from(0, points.rows), rows(points.values, 16));
    const auto even = [](std::uint64_t key) { return key % 2 == 0; };
    const std::vector<std::function<std::vector<hit<>>()>> searches{
        [&] { return index.search(points[3], 20, {.ef = 300}); },
        [&] { return index.search(points[3], 20, {.ef = 300}, even); },
        [&] { return index.search(points[3], 700, {.filter = even}); },
        [&] { return index.search_exact(points[3], 20); },
        [&] {
            const auto batch = index.search_batch(rows(points.values.data(), 5, 16), 20);
            return std::vector<hit<>>(batch[3].begin(), batch[3].end());
        },
    };
    for (const auto& search : searches) {
        const auto expected = search();
        std::vector<hit<>> found;
        const auto run = [&] {
            sextant::release_scratch();
            found = search();
        };
        EXPECT_GT(run_short<memory_shortage>(run, [&] { ASSERT_EQ(search(), expected); }), 4u);
        EXPECT_EQ(found, expected);
    }
}

TEST_F(memory_shortages, of_reserve_leave_the_index_as_it_was) {
    const support::matrix<float> points = support::grid_points(3000, 32, 188);
    sextant::index<sextant::l2> index({.dim = 32, .degree = 4, .ef_construction = 10});
    for (std::size_t row = 0; row < 50; ++row) index.insert(row, points[row]);
    const auto answer = index.search_exact(points[60], 50);
    EXPECT_GT(run_short<memory_shortage>([&] { index.reserve(3000); },
                                         [&] {
                                             ASSERT_EQ(index.size(), 50u);
                                             ASSERT_EQ(index.search_exact(points[60], 50), answer);
                                         }),
              5u);
    for (std::size_t row = 50; row < 3000; ++row) ASSERT_TRUE(index.insert(row, points[row]));
    support::expect_sound(index.nodes());
}

/// Builds with every shortage there is, into an index that holds some rows before. What was finished stays, nothing else.
template <class Shortage, class Key>
std::size_t build_short(const sextant::index_options& options, const support::matrix<float>& points, std::size_t before,
                        sextant::executor_ref executor, std::size_t stride) {
    std::vector<Key> keys;
    for (std::size_t row = 0; row < points.rows; ++row) keys.push_back(key_of<Key>(row));
    for (std::size_t granted = 0;; granted += stride) {
        SCOPED_TRACE("granted " + std::to_string(granted));
        sextant::index<sextant::l2, sextant::f32, Key> index(options);
        for (std::size_t row = 0; row < before; ++row) index.insert(keys[row], points[row]);
        sextant::release_scratch();
        std::optional<std::size_t> inserted;
        bool refused = false;
        {
            const Shortage shortage(granted);
            try {
                inserted = index.build(keys, rows(points.values, points.dim), {.executor = executor});
            } catch (const std::bad_alloc&) {
            }
            refused = shortage.refused();
        }
        EXPECT_TRUE(inserted || refused);
        const std::size_t held = index.size();
        EXPECT_GE(held, before);
        if (inserted) {
            EXPECT_EQ(held, points.rows);
            EXPECT_EQ(*inserted, points.rows - before);
        }
        std::size_t found = 0;
        for (std::size_t row = 0; row < points.rows; ++row) {
            const auto stored = index.get(keys[row]);
            found += stored ? 1u : 0u;
            EXPECT_TRUE(stored ? std::ranges::equal(*stored, points[row]) : row >= before) << "row " << row;
        }
        EXPECT_EQ(found, held);
        support::expect_sound(index.nodes());
        EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), held);
        EXPECT_EQ(index.search_exact(points[0], points.rows).size(), held);

        EXPECT_EQ(index.build(keys, rows(points.values, points.dim)), points.rows - held) << "the rest can be built";
        support::expect_sound(index.nodes());
        if (testing::Test::HasFailure() || !refused) return granted;
    }
}

TEST_F(memory_shortages, of_a_build_leave_what_was_finished) {
    const support::matrix<float> points = support::grid_points(150, 128, 189);
    const sextant::index_options options{.dim = 128, .degree = 4, .ef_construction = 10};
    EXPECT_GT((build_short<memory_shortage, std::uint64_t>(options, points, 0, {}, 1)), 30u);
    EXPECT_GT((build_short<memory_shortage, std::uint64_t>(options, points, 70, {}, 1)), 20u);
}

TEST_F(memory_shortages, of_a_build_with_keys_that_own_memory_leave_what_was_finished) {
    const support::matrix<float> points = support::grid_points(150, 8, 190);
    const sextant::index_options options{.dim = 8, .degree = 3, .ef_construction = 10};
    EXPECT_GT((build_short<memory_shortage, std::string>(options, points, 0, {}, 1)), 150u);
}

TEST_F(memory_shortages, of_one_thread_of_a_build_leave_what_was_finished) {
    const support::matrix<float> points = support::grid_points(150, 8, 191);
    const sextant::index_options options{.dim = 8, .degree = 3, .ef_construction = 10};
    sextant::thread_pool pool(2);
    EXPECT_GT((build_short<memory_shortage, std::uint64_t>(options, points, 0, &pool, 5)), 10u);
}

TEST_F(memory_shortages, of_address_space_for_a_build_leave_the_rows_that_were_finished) {
    if (!support::mappings_are_watched()) GTEST_SKIP() << "mmap cannot be watched here";
    const support::matrix<float> points = support::grid_points(300, 1024, 192);
    const sextant::index_options options{.dim = 1024, .degree = 4, .ef_construction = 10};
    EXPECT_GE((build_short<mapping_shortage, std::uint64_t>(options, points, 0, {}, 1)), 4u);
}

/// Vectors that a codec keeps only roughly are near to what they were. No number of the tests' points is above 2.
bool about_equal(std::span<const float> a, std::span<const float> b) {
    return std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) < 0.03f; });
}

template <class Codec>
class memory_shortages_of_codecs : public memory_shortages {
protected:
    using index_type = sextant::index<sextant::l2, Codec>;
    static constexpr std::size_t dim = 24;
    static constexpr sextant::index_options options{.dim = dim, .degree = 4, .ef_construction = 10};

    /// Inserts the rows from `first` on, each with every shortage there is, and `same` compares what the index answers
    /// before and after each failure.
    template <class Same>
    std::size_t insert_short(index_type& index, std::size_t first, std::size_t end, Same&& same) {
        std::size_t failures = 0;
        for (std::size_t row = first; row < end && !testing::Test::HasFailure(); ++row) {
            const auto ask = [&] { return index.search_exact(points_[points_.rows - 1], index.size()); };
            const auto expected = ask();
            bool inserted = false;
            const auto insert = [&] {
                sextant::release_scratch();
                inserted = index.insert(row, points_[row]);
            };
            failures += run_short<memory_shortage>(insert, [&] {
                if (inserted) return;
                ASSERT_EQ(index.size(), row);
                ASSERT_FALSE(index.contains(row));
                ASSERT_TRUE(same(ask(), expected)) << "row " << row;
                ASSERT_EQ(index.search(points_[0], 5).size(), std::min<std::size_t>(5, row));
            });
            EXPECT_TRUE(inserted) << row;
        }
        support::expect_sound(index.nodes());
        for (std::size_t row = 0; row < end; ++row) {
            const auto stored = index.get(row);
            EXPECT_TRUE(stored && about_equal(*stored, points_[row])) << row;
        }
        return failures;
    }

    support::matrix<float> points_ = support::clustered_points(330, dim, 193);
};

using codecs = testing::Types<sextant::lvq<8>, sextant::rerank<sextant::lvq<4>, sextant::f16>>;
TYPED_TEST_SUITE(memory_shortages_of_codecs, codecs);

TYPED_TEST(memory_shortages_of_codecs, of_an_insert_leave_the_index_as_it_was) {
    typename TestFixture::index_type index(this->options);
    index.fit(rows(this->points_.values, this->dim));
    EXPECT_GT(this->insert_short(index, 0, 300, std::equal_to<>()), 2000u);
}

TYPED_TEST(memory_shortages_of_codecs, while_it_learns_leave_the_index_answering) {
    // Settling the mean moves the rounding of queries, and an insert that fails may settle it.
    typename TestFixture::index_type index(this->options);
    const auto same = [](const std::vector<hit<>>& a, const std::vector<hit<>>& b) {
        return std::ranges::equal(a, b, [](const hit<>& x, const hit<>& y) { return std::abs(x.distance - y.distance) < 0.1f; });
    };
    EXPECT_GT(this->insert_short(index, 0, 80, same), 500u);
}

TYPED_TEST(memory_shortages_of_codecs, of_fit_leave_an_index_that_can_be_fitted) {
    typename TestFixture::index_type expected(this->options);
    expected.fit(rows(this->points_.values, this->dim));
    typename TestFixture::index_type index(this->options);
    const std::size_t before = index.memory_usage().total();
    const auto fit = [&] {
        sextant::release_scratch();
        index.fit(rows(this->points_.values, this->dim));
    };
    EXPECT_GE(run_short<memory_shortage>(fit, [&] { ASSERT_EQ(index.memory_usage().total(), before); }), 4u);
    for (std::size_t row = 0; row < 5; ++row) {
        index.insert(row, this->points_[row]);
        expected.insert(row, this->points_[row]);
        EXPECT_EQ(index.get(row), expected.get(row));
    }
}

TYPED_TEST(memory_shortages_of_codecs, of_a_build_leave_what_was_finished) {
    const std::size_t count = 150;
    const auto keys = support::keys_from(0, count);
    const auto some = rows(this->points_.values.data(), count, this->dim);
    for (std::size_t granted = 0;; ++granted) {
        SCOPED_TRACE(granted);
        typename TestFixture::index_type index(this->options);
        sextant::release_scratch();
        std::optional<std::size_t> inserted;
        bool refused = false;
        {
            const memory_shortage shortage(granted);
            try {
                inserted = index.build(keys, some);
            } catch (const std::bad_alloc&) {
            }
            refused = shortage.refused();
        }
        ASSERT_TRUE(inserted || refused);
        const std::size_t held = index.size();
        std::size_t found = 0;
        for (std::size_t row = 0; row < count; ++row) {
            const auto stored = index.get(row);
            found += stored ? 1u : 0u;
            ASSERT_TRUE(!stored || about_equal(*stored, this->points_[row]));
        }
        ASSERT_EQ(found, held);
        support::expect_sound(index.nodes());
        EXPECT_EQ(index.search(this->points_[0], count, {.ef = count}).size(), held);
        EXPECT_EQ(index.build(keys, some), count - held) << "the rest can be built";
        support::expect_sound(index.nodes());
        if (testing::Test::HasFailure()) return;
        if (!refused) {
            EXPECT_GT(granted, 20u);
            return;
        }
    }
}

TEST_F(memory_shortages, when_the_mean_is_settled_count_no_vector_twice) {
    const support::matrix<float> points = support::clustered_points(sextant::centre::wanted, 16, 194);
    sextant::codec_for<sextant::lvq<8>, sextant::l2> tested(16);
    sextant::codec_for<sextant::lvq<8>, sextant::l2> expected(16);
    std::size_t failures = 0;
    for (std::size_t row = 0; row < points.rows; ++row) {
        EXPECT_FALSE(tested.settled());
        expected.observe(points[row]);
        failures += run_short<memory_shortage>([&] { tested.observe(points[row]); }, [&] { ASSERT_FALSE(tested.settled()); });
    }
    EXPECT_GE(failures, 4u);
    ASSERT_TRUE(tested.settled());
    std::vector<std::byte> code(tested.code_bytes());
    std::vector<std::byte> same(tested.code_bytes());
    for (std::size_t row = 0; row < points.rows; ++row) {
        tested.encode(points[row], code.data());
        expected.encode(points[row], same.data());
        EXPECT_EQ(code, same);
    }
}

}  // namespace memory_shortage_test
