#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "index/support/threads.hpp"
#include "support/data_file.hpp"
#include "support/read_matrix.hpp"
#include "support/reference.hpp"
#include "support/sanitizers.hpp"
#include "support/words.hpp"

namespace stress_test {

using sextant::hit;
using support::run_threads;

/// A sanitizer that looks at every access makes a tenth of the work do.
constexpr std::size_t share = support::sanitized ? 10 : 1;

/// Whether a vector is what an index of Codec may give for another: the same, or one that its code is near to.
template <class Codec>
bool same_vector(std::span<const float> a, std::span<const float> b) {
    if constexpr (std::is_same_v<Codec, sextant::f32>) return std::ranges::equal(a, b);
    return support::squared_difference(a, b).value < 1e-3 * support::product(b, b).value;
}

/// Every vector must be the nearest to itself. Copies of one vector stand for each other.
template <class Codec = sextant::f32, class Index>
void expect_all_found(const Index& index, const support::matrix<float>& points) {
    std::size_t missed = 0;
    for (std::size_t row = 0; row < points.rows; ++row) {
        const auto stored = index.get(row);
        ASSERT_TRUE(stored && same_vector<Codec>(*stored, points[row])) << row;
        const auto hits = index.search(points[row], 1, {.ef = 500});
        ASSERT_EQ(hits.size(), 1u);
        missed += std::ranges::equal(points[hits[0].key], points[row]) ? 0u : 1u;
    }
    EXPECT_EQ(missed, 0u) << "vectors are not found by themselves";
}

/// Threads that insert overlapping and disjoint keys into an index from empty on, while others search in every way.
/// Everything the index promises about what it answers meanwhile is checked meanwhile.
template <class Metric, class Codec = sextant::f32>
void insert_and_search(const support::matrix<float>& points, const sextant::index_options& options) {
    constexpr std::size_t writers = 4;
    constexpr std::size_t readers = 2;
    sextant::index<Metric, Codec> index(options);
    const std::size_t shared = points.rows / 4;  // rows that all writers insert; the others have one writer each

    std::vector<std::atomic<int>> inserted(points.rows);
    std::vector<std::atomic<bool>> done(points.rows);
    std::atomic<std::size_t> writing = writers;

    const auto insert = [&](std::size_t row) {
        const bool inserts = index.insert(row, points[row]);
        EXPECT_TRUE(index.contains(row));
        if (!inserts) return;  // another thread does, and may not be done
        ++inserted[row];
        done[row] = true;
    };
    const auto write = [&](std::size_t writer) {
        const std::size_t own = (points.rows - shared) / writers;
        const std::size_t first = shared + writer * own;
        const std::size_t end = writer + 1 == writers ? points.rows : first + own;
        for (std::size_t i = 0; i < std::max(end - first, shared); ++i) {
            // Half of the writers go through the shared rows from the other end.
            if (i < shared) insert(writer % 2 == 0 ? i : shared - 1 - i);
            if (first + i < end) insert(first + i);
        }
        --writing;
    };

    const auto expect_valid = [&](std::span<const hit<>> hits, std::size_t k) {
        EXPECT_LE(hits.size(), k);
        EXPECT_TRUE(std::ranges::is_sorted(hits, {}, &hit<>::distance));
        for (std::size_t i = 0; i < hits.size(); ++i) {
            EXPECT_LT(hits[i].key, points.rows);
            for (std::size_t j = 0; j < i; ++j) EXPECT_NE(hits[i].key, hits[j].key);
        }
    };
    const auto read = [&](std::size_t reader) {
        std::mt19937_64 random(reader);
        std::vector<float> stored(points.dim);
        std::vector<hit<>> out(20);
        while (writing > 0) {
            const std::size_t row = random() % points.rows;
            const bool known = done[row];  // then everything that begins now must see it
            const std::size_t size = index.size();
            const auto query = points[row];
            switch (random() % 8) {
                case 0: {
                    const auto hits = index.search(query, 10);
                    expect_valid(hits, 10);
                    EXPECT_GE(hits.size(), std::min<std::size_t>(size, 10));
                    break;
                }
                case 1: {
                    const auto hits = index.search_into(query, out, {.ef = 30}, [&](std::uint64_t key) { return key % 2 == 1; });
                    expect_valid(hits, 20);
                    for (const auto& h : hits) EXPECT_EQ(h.key % 2, 1u);
                    break;
                }
                case 2: {
                    const auto hits = index.search(query, 3, {}, [&](std::uint64_t key) { return key == row; });
                    EXPECT_LE(hits.size(), 1u);
                    if (known) {
                        EXPECT_EQ(hits.size(), 1u) << "inserted before the search began";
                    }
                    break;
                }
                case 3: {
                    const auto hits = index.search_exact(query, 5);
                    expect_valid(hits, 5);
                    EXPECT_GE(hits.size(), std::min<std::size_t>(size, 5));
                    if (known) {
                        EXPECT_TRUE(same_vector<Codec>(points[hits[0].key], query)) << "inserted before the scan began";
                    }
                    break;
                }
                case 4: {
                    const auto batch = index.search_batch(sextant::rows(query, points.dim), 10);
                    expect_valid(batch[0], 10);
                    break;
                }
                case 5: {
                    const bool there = index.get_into(row, stored);
                    EXPECT_TRUE(there || !known);
                    if (there) {
                        EXPECT_TRUE(same_vector<Codec>(stored, query)) << "a vector half written";
                    }
                    break;
                }
                case 6:
                    EXPECT_TRUE(index.contains(row) || !known);
                    EXPECT_GT(index.memory_usage().total(), 0u);
                    break;
                default:
                    sextant::release_scratch();
                    expect_valid(index.search(query, 50, {.ef = 300}), 50);
            }
        }
    };
    run_threads(writers + readers, [&](std::size_t i) { i < writers ? write(i) : read(i); });

    EXPECT_EQ(index.size(), points.rows);
    for (std::size_t row = 0; row < points.rows; ++row) ASSERT_EQ(inserted[row], 1) << "row " << row;
    support::expect_sound(index.nodes());
    expect_all_found<Codec>(index, points);
    EXPECT_EQ(index.search_exact(points[0], points.rows + 10).size(), points.rows);
}

TEST(stress, inserting_and_searching_word_vectors) {
    insert_and_search<sextant::cosine>(support::read_words(12'000 / share).vectors, {.dim = 100, .degree = 16, .ef_construction = 100});
}

TEST(stress, inserting_and_searching_word_vectors_as_codes) {
    // The mean of the words is settled while the threads already compare codes that know none.
    const auto words = support::read_words(6'000 / share).vectors;
    insert_and_search<sextant::cosine, sextant::lvq<8>>(words, {.dim = 100, .degree = 16, .ef_construction = 100});
    insert_and_search<sextant::cosine, sextant::rerank<sextant::lvq<4>, sextant::f16>>(words, {.dim = 100, .degree = 16, .ef_construction = 100});
}

template <class Codec>
void settle_while_searching(std::size_t rounds) {
    // Far from the origin, so that a code whose mean is taken for another's is far off.
    auto points = support::clustered_points(200, 16, 206);
    for (float& value : points.values) value += 3.0f;
    for (std::size_t round = 0; round < rounds; ++round) {
        sextant::index<sextant::l2, Codec> index({.dim = 16, .degree = 8, .ef_construction = 40});
        std::atomic<std::size_t> next = 0;
        run_threads(4, [&](std::size_t) {
            for (std::size_t row; (row = next++) < points.rows;) {
                EXPECT_TRUE(index.insert(row, points[row]));
                const auto hits = index.search_exact(points[row], 1);
                ASSERT_EQ(hits.size(), 1u);
                EXPECT_EQ(hits[0].key, row);
                EXPECT_LT(hits[0].distance, 1.0f) << "the mean is about 12 long";
            }
        });
        support::expect_sound(index.nodes());
        expect_all_found<Codec>(index, points);
    }
}

TEST(stress, settling_the_mean_while_vectors_come_and_are_looked_for) {
    settle_while_searching<sextant::lvq<8>>(30 / share);
    settle_while_searching<sextant::rerank<sextant::lvq<4>, sextant::f16>>(30 / share);
    settle_while_searching<sextant::lvq<4, 8>>(30 / share);
}

TEST(stress, tuning_beside_inserts) {
    const auto points = support::clustered_points(3000 / share, 16, 207);
    sextant::index<sextant::l2, sextant::lvq<8>> index({.dim = 16, .degree = 8, .ef_construction = 40});
    std::atomic<std::size_t> writing = 2;
    run_threads(4, [&](std::size_t thread) {
        if (thread < 2) {
            for (std::size_t row = thread; row < points.rows; row += 2) EXPECT_TRUE(index.insert(row, points[row]));
            --writing;
            return;
        }
        while (writing > 0) {
            if (thread == 2) {
                const auto tuned = index.tune({.recall = 0.9, .k = 5, .samples = 10});
                EXPECT_GE(tuned.options.ef, 5u);
                EXPECT_GE(tuned.recall, 0.0);
                EXPECT_LE(tuned.recall, 1.0);
            } else {
                EXPECT_GE(index.tune_prefetch({.samples = 2}).speedup, 1.0);
            }
        }
    });
    support::expect_sound(index.nodes());
    expect_all_found<sextant::lvq<8>>(index, points);
}

TEST(stress, inserting_and_searching_image_descriptors) {
    const auto file = support::data_file("sift-100k.base.u8bin");
    if (!file) GTEST_SKIP() << support::no_data_file;
    insert_and_search<sextant::l2>(support::read_vectors(*file, 12'000 / share), {.dim = 128, .degree = 16, .ef_construction = 100});
}

TEST(stress, inserting_and_searching_at_the_smallest_degree) {
    // Many levels, so that the entry point rises often, and full lists everywhere.
    const auto points = support::clustered_points(4000 / share, 8, 201);
    sextant::index<sextant::l2> index({.dim = 8, .degree = 2, .ef_construction = 20});
    run_threads(4, [&](std::size_t thread) {
        for (std::size_t row = thread; row < points.rows; row += 4) {
            EXPECT_TRUE(index.insert(row, points[row]));
            index.search(points[row], 3);
        }
    });
    EXPECT_EQ(index.size(), points.rows);
    support::expect_sound(index.nodes());
    EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), points.rows);
}

TEST(stress, inserting_copies_of_one_vector) {
    for (const std::size_t degree : {2u, 8u}) {
        const auto points = support::identical_points(3000 / share, 4);
        sextant::index<sextant::l2> index({.dim = 4, .degree = degree, .ef_construction = 20});
        run_threads(4, [&](std::size_t thread) {
            for (std::size_t row = thread; row < points.rows; row += 4) EXPECT_TRUE(index.insert(row, points[row]));
        });
        support::expect_sound(index.nodes());
        EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), points.rows);
    }
}

TEST(stress, beginning_an_index_from_many_threads) {
    const auto points = support::clustered_points(24, 4, 202);
    std::unique_ptr<sextant::index<sextant::l2>> index;
    constexpr std::size_t threads = 4;
    std::barrier round(static_cast<std::ptrdiff_t>(threads));
    std::size_t unsound = 0;
    run_threads(threads, [&](std::size_t thread) {
        for (std::size_t n = 0; n < 3000 / share; ++n) {
            if (thread == 0) index = std::make_unique<sextant::index<sextant::l2>>(sextant::index_options{.dim = 4, .degree = 2, .seed = n});
            round.arrive_and_wait();
            for (std::size_t row = thread; row < points.rows; row += threads) {
                EXPECT_TRUE(index->insert(row, points[row]));
                EXPECT_GE(index->search(points[row], points.rows).size(), 1u);
            }
            round.arrive_and_wait();
            if (thread == 0 && unsound == 0) {
                support::expect_sound(index->nodes());
                unsound += index->search(points[0], 100).size() != points.rows ? 1u : 0u;
                EXPECT_EQ(unsound, 0u) << "in round " << n;
            }
        }
    });
}

TEST(stress, inserting_the_same_keys_from_all_threads_succeeds_once_for_each) {
    constexpr std::size_t threads = 4;
    constexpr std::size_t dim = 6;
    const std::size_t keys = 3000 / share;
    std::vector<support::matrix<float>> points;  // each thread has vectors of its own for them
    for (std::size_t t = 0; t < threads; ++t) points.push_back(support::clustered_points(keys, dim, 203, t));

    sextant::index<sextant::l2> index({.dim = dim, .degree = 6, .ef_construction = 30});
    std::vector<std::atomic<int>> winners(keys);
    std::vector<std::atomic<std::size_t>> winner(keys);
    std::barrier next(static_cast<std::ptrdiff_t>(threads));
    run_threads(threads, [&](std::size_t t) {
        for (std::size_t key = 0; key < keys; ++key) {
            if (key % 64 == 0) next.arrive_and_wait();
            if (index.insert(key, points[t][key])) {
                ++winners[key];
                winner[key] = t;
            }
            EXPECT_TRUE(index.contains(key));
        }
    });
    EXPECT_EQ(index.size(), keys);
    for (std::size_t key = 0; key < keys; ++key) {
        ASSERT_EQ(winners[key], 1) << "key " << key;
        ASSERT_TRUE(std::ranges::equal(index.get(key).value(), points[winner[key]][key])) << "the winner's vector is in";
    }
    support::expect_sound(index.nodes());
    EXPECT_EQ(index.search_exact(points[0][0], 2 * keys).size(), keys);
    EXPECT_EQ(index.search(points[0][0], 2 * keys, {.ef = 2 * keys}).size(), keys);
}

TEST(stress, building_while_others_insert_and_search) {
    const auto points = support::clustered_points(8000 / share, 16, 204);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 16, .ef_construction = 100});
    sextant::thread_pool pool(2);
    std::atomic<std::size_t> inserted = 0;
    std::atomic<bool> built = false;
    run_threads(4, [&](std::size_t thread) {
        if (thread == 0) {
            inserted += index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 16), {.executor = &pool});
            built = true;
        } else if (thread == 1) {
            for (std::size_t row = points.rows; row-- > 0;) inserted += index.insert(row, points[row]) ? 1u : 0u;
        } else {
            for (std::size_t row = 0; !built; row = (row + 7) % points.rows) {
                EXPECT_LE(index.search(points[row], 10).size(), 10u);
                const auto filtered = index.search(points[row], 3, {}, [&](std::uint64_t key) { return key == row; });
                EXPECT_LE(filtered.size(), 1u);
            }
        }
    });
    EXPECT_EQ(inserted, points.rows);
    EXPECT_EQ(index.size(), points.rows);
    support::expect_sound(index.nodes());
    expect_all_found(index, points);
}

TEST(stress, searching_batches_on_one_pool_from_many_threads) {
    const auto points = support::clustered_points(2000 / share, 16, 205);
    sextant::index<sextant::l2> index({.dim = 16, .degree = 8, .ef_construction = 40});
    sextant::thread_pool pool(2);
    index.build(support::keys_from(0, points.rows), sextant::rows(points.values, 16), {.executor = &pool});
    const std::size_t some = std::min<std::size_t>(points.rows, 100);
    const auto expected = index.search_batch(sextant::rows(points.values.data(), some, 16), 10);
    run_threads(4, [&](std::size_t) {
        for (int round = 0; round < 5; ++round) {
            const auto batch = index.search_batch(sextant::rows(points.values.data(), some, 16), 10, {}, &pool);
            for (std::size_t q = 0; q < some; ++q) EXPECT_TRUE(std::ranges::equal(batch[q], expected[q]));
        }
    });
}

}  // namespace stress_test
