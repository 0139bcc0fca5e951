#include <sextant/build/bulk_build.hpp>
#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "index/support/executors.hpp"
#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "index/support/recall.hpp"
#include "index/support/soundness.hpp"
#include "index/support/test_graph.hpp"
#include "support/async_executor.hpp"

namespace bulk_build_test {

using sextant::errc;
using sextant::index_options;
using sextant::no_slot;
using sextant::rows;
using sextant::slot;
using support::keys_from;

using l2_index = sextant::index<sextant::l2>;

constexpr std::size_t dim = 12;
constexpr std::size_t count = 2000;

const index_options options{.dim = dim, .degree = 6, .ef_construction = 40};

support::matrix<float> points_of(std::size_t n, std::uint64_t seed = 81) { return support::clustered_points(n, dim, seed); }

template <class Executor>
std::uint32_t checksum_with(Executor* executor, const support::matrix<float>& points) {
    l2_index index(options);
    EXPECT_EQ(index.build(keys_from(0, points.rows), rows(points.values, dim), {.executor = executor}), points.rows);
    support::expect_sound(index.nodes());
    return index.checksum();
}

TEST(bulk_build, makes_the_same_graph_with_any_executor) {
    const support::matrix<float> points = points_of(count);
    const std::uint32_t expected = checksum_with<sextant::sequential_executor>(nullptr, points);
    for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
        sextant::thread_pool pool(threads);
        EXPECT_EQ(checksum_with(&pool, points), expected) << threads << " threads";
    }
    sextant::sequential_executor sequential;
    EXPECT_EQ(checksum_with(&sequential, points), expected);
    support::async_executor own;
    EXPECT_EQ(checksum_with(&own, points), expected);
    support::backward_executor backward;
    EXPECT_EQ(checksum_with(&backward, points), expected);
    support::thread_per_task many;
    const support::matrix<float> few = points_of(300);
    EXPECT_EQ(checksum_with(&many, few), checksum_with<sextant::sequential_executor>(nullptr, few));
}

TEST(bulk_build, makes_the_same_graph_every_time_and_another_from_another_seed) {
    const support::matrix<float> points = points_of(count);
    std::set<std::uint32_t> sums;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        std::set<std::uint32_t> repeated;
        for (int run = 0; run < 2; ++run) {
            l2_index index({.dim = dim, .degree = 6, .ef_construction = 40, .seed = seed});
            index.build(keys_from(0, count), rows(points.values, dim));
            repeated.insert(index.checksum());
        }
        EXPECT_EQ(repeated.size(), 1u);
        sums.merge(repeated);
    }
    EXPECT_EQ(sums.size(), 3u);
}

TEST(bulk_build, of_ties_and_copies_does_not_depend_on_threads_either) {
    for (const auto& points : {support::grid_points(1500, dim, 82, 1), support::identical_points(1500, dim),
                               support::collinear_points(1500, dim)}) {
        const std::uint32_t expected = checksum_with<sextant::sequential_executor>(nullptr, points);
        sextant::thread_pool pool(3);
        EXPECT_EQ(checksum_with(&pool, points), expected);
    }
}

TEST(bulk_build, of_bits_does_not_depend_on_threads_either) {
    const support::matrix<std::uint8_t> codes = support::random_codes(1500, 12, 83);
    std::set<std::uint32_t> sums;
    for (const std::size_t threads : {1u, 3u}) {
        sextant::thread_pool pool(threads);
        sextant::index<sextant::hamming> index({.dim = 96, .degree = 6, .ef_construction = 40});
        index.build(keys_from(0, codes.rows), rows(codes.values, codes.dim), {.executor = &pool});
        support::expect_sound(index.nodes());
        sums.insert(index.checksum());
    }
    EXPECT_EQ(sums.size(), 1u);
}

TEST(bulk_build, into_what_is_there_adds_to_it_whoever_works) {
    const support::matrix<float> before = points_of(700);
    const support::matrix<float> more = points_of(900, 84);
    std::set<std::uint32_t> sums;
    for (const std::size_t threads : {1u, 2u, 5u}) {
        sextant::thread_pool pool(threads);
        l2_index index(options);
        for (std::size_t row = 0; row < before.rows; ++row) index.insert(row, before[row]);
        EXPECT_EQ(index.build(keys_from(700, 900), rows(more.values, dim), {.executor = &pool}), 900u);
        EXPECT_EQ(index.size(), 1600u);
        support::expect_sound(index.nodes());
        for (std::size_t row = 0; row < more.rows; ++row) {
            const auto stored = index.get(700 + row);
            ASSERT_TRUE(stored && std::ranges::equal(*stored, more[row]));
        }
        sums.insert(index.checksum());
    }
    EXPECT_EQ(sums.size(), 1u);
}

/// Recall@10 of searches for some of the rows against what exact comparison finds.
double recall_of_neighbours(const l2_index& index, const support::matrix<float>& queries) {
    double sum = 0.0;
    std::size_t asked = 0;
    for (std::size_t row = 0; row < queries.rows; row += 7, ++asked) {
        sum += support::recall(index.search(queries[row], 10, {.ef = 40}), index.search_exact(queries[row], 10));
    }
    return sum / static_cast<double>(asked);
}

/// Rows in heaps that lie far apart, one heap after the other.
support::matrix<float> heaps(std::size_t number, std::size_t size, std::uint64_t seed) {
    const std::vector<float> centres = support::random_floats(number * dim, seed, -20.0f, 20.0f);
    support::matrix<float> points{number * size, dim, support::random_floats(number * size * dim, seed + 1)};
    for (std::size_t row = 0; row < points.rows; ++row) {
        for (std::size_t i = 0; i < dim; ++i) points.values[row * dim + i] += centres[row / size * dim + i];
    }
    return points;
}

// Nodes of one batch do not see each other.
TEST(bulk_build, of_sorted_rows_links_those_that_are_near) {
    const support::matrix<float> points = heaps(50, 100, 86);
    l2_index index(options);
    index.build(keys_from(0, points.rows), rows(points.values, dim));
    EXPECT_GE(recall_of_neighbours(index, points), 0.95);
}

TEST(bulk_build, of_rows_unlike_those_there_links_them_with_each_other) {
    const support::matrix<float> points = heaps(2, 5000, 87);
    support::matrix<float> far = heaps(1, 150, 88);
    for (float& value : far.values) value += 100.0f;
    l2_index index(options);
    index.build(keys_from(0, points.rows), rows(points.values, dim));
    index.build(keys_from(points.rows, far.rows), rows(far.values, dim));
    EXPECT_GE(recall_of_neighbours(index, far), 0.95);
}

TEST(bulk_build, into_what_was_emptied_is_as_good_as_new) {
    const support::matrix<float> points = heaps(1, 20'000, 89);
    l2_index index(options);
    index.build(keys_from(0, points.rows), rows(points.values, dim));
    for (std::size_t row = 0; row < points.rows; ++row) index.erase(row);
    support::matrix<float> few = points;
    few.rows = 400;
    index.build(keys_from(0, few.rows), rows(few.values.data(), few.rows, dim));
    EXPECT_GE(recall_of_neighbours(index, few), 0.95);
}

TEST(bulk_build, may_be_saved_between_its_batches) {
    const support::matrix<float> points = points_of(900);
    l2_index index(options);
    std::vector<std::size_t> sizes;
    const auto progress = [&](std::size_t done, std::size_t) {
        if (done < 200 || sizes.size() > 2) return;
        std::stringstream file;
        ASSERT_TRUE(sextant::save(index, file));
        auto half = sextant::load<l2_index>(file);
        ASSERT_TRUE(half) << half.error().message;
        sizes.push_back(half->size());
        EXPECT_EQ(half->size(), done);
        support::expect_sound(half->nodes());
        EXPECT_EQ(half->build(keys_from(0, 900), rows(points.values, dim)), 900 - done) << "the rest can be built";
        support::expect_sound(half->nodes());
        EXPECT_EQ(half->nodes().end(), 900u);
    };
    EXPECT_EQ(index.build(keys_from(0, 900), rows(points.values, dim), {.progress = progress}), 900u);
    EXPECT_EQ(sizes.size(), 3u);
    support::expect_sound(index.nodes());
}

TEST(bulk_build, by_many_small_builds_keeps_every_row_in_reach) {
    const support::matrix<float> points = points_of(1000);
    l2_index index(options);
    for (std::size_t from = 0, size = 0; from < points.rows; from += size, size = size % 40 + 1) {
        const std::size_t n = std::min(size, points.rows - from);
        ASSERT_EQ(index.build(keys_from(from, n), rows(points.values.data() + from * dim, n, dim)), n);
    }
    EXPECT_EQ(index.size(), points.rows);
    support::expect_sound(index.nodes());
    EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), points.rows);
}

/// Rows beside another thread, which erases the entry point while a batch is planned: then one of its nodes, not the first, is
/// higher than any other.
struct rows_that_rise {
    support::l2_graph& graph;
    const support::matrix<float>& points;
    std::size_t encoded = 0;
    bool lowered = false;

    std::size_t size() const { return points.rows; }
    sextant::epochs::pin begin_batch() { return {}; }
    slot open(std::size_t) { return graph.nodes.allocate(); }
    void encode(std::size_t row, slot id) {
        sextant::store_vector(graph.nodes, graph.codec, id, points[row]);
        if (++encoded > 250 && graph.nodes.at(id).level > 0 && !lowered) {
            const sextant::entry_point entry = graph.nodes.entry();
            slot low = no_slot;
            for (slot other = 0; other < graph.nodes.end(); ++other) {
                if (!is_live(graph.nodes, other)) continue;
                if (graph.nodes.at(other).level > 0) graph.nodes.kill(other);
                if (graph.nodes.at(other).level == 0) low = other;
            }
            lowered = graph.nodes.replace_entry(entry, {low, 0});
        }
    }
    void claim(slot id) { graph.nodes.at(id).state = sextant::node_state::claimed; }
    void reveal(slot id) { graph.nodes.at(id).state = sextant::node_state::live; }
};

TEST(bulk_build, makes_the_highest_node_the_entry_point_wherever_it_stands_in_its_batch) {
    const support::matrix<float> points = support::grid_points(500, 3, 85);
    support::l2_graph graph(3, 4);
    rows_that_rise rows{graph, points};
    sextant::bulk_build(graph.nodes, graph.codec, rows, 40, {});
    ASSERT_TRUE(rows.lowered);
    EXPECT_GT(graph.nodes.entry().level, 0u);
    EXPECT_EQ(graph.nodes.entry().level, graph.nodes.at(sextant::highest_live(graph.nodes)).level);
}

TEST(bulk_build, has_batches_that_are_small_beside_the_rows) {
    using sextant::largest_batch;
    for (std::size_t n = 0; n < 100'000; n += 1 + n / 7) {
        const std::size_t most = largest_batch(n, 0);
        EXPECT_GE(most, 1u) << n;
        EXPECT_LE(most, std::max<std::size_t>(1, n / 50)) << n;
        EXPECT_LE(most, std::max<std::size_t>(128, n / 200)) << n;
        EXPECT_GE(most, n < 6400 ? n / 50 : 128) << n << ": enough for many threads";
        for (const std::size_t joined : {1u, 1000u, 100'000u}) {
            EXPECT_LE(largest_batch(n, joined), std::max<std::size_t>(most, 32)) << n << " into " << joined;
        }
    }
    EXPECT_EQ(largest_batch(10, 20'000), 32u) << "few rows in a large graph need no batches of one";
}

TEST(bulk_build, of_no_rows_does_nothing) {
    l2_index index(options);
    EXPECT_EQ(index.build({}, {}), 0u);
    EXPECT_EQ(index.build({}, rows(static_cast<const float*>(nullptr), 0, dim)), 0u);
    EXPECT_TRUE(index.empty());
    EXPECT_TRUE(index.search(points_of(1)[0], 3).empty());
}

TEST(bulk_build, of_one_row_and_of_two) {
    const support::matrix<float> points = points_of(2);
    for (const std::size_t n : {1u, 2u}) {
        l2_index index(options);
        EXPECT_EQ(index.build(keys_from(5, n), rows(points.values.data(), n, dim)), n);
        const auto hits = index.search(points[n - 1], 9);
        ASSERT_EQ(hits.size(), n);
        EXPECT_EQ(hits[0], (sextant::hit<>{5 + n - 1, 0.0f}));
    }
}

TEST(bulk_build, takes_the_first_of_equal_keys) {
    const support::matrix<float> points = points_of(1000);
    std::vector<std::uint64_t> keys = keys_from(0, points.rows);
    for (std::size_t row = 0; row < points.rows; ++row) keys[row] = row / 3 * (row % 2 + 1);  // far apart and side by side
    std::vector<std::uint64_t> first_of(points.rows, points.rows);
    for (std::size_t row = points.rows; row-- > 0;) first_of[keys[row]] = row;
    const std::size_t different = std::set<std::uint64_t>(keys.begin(), keys.end()).size();

    std::set<std::uint32_t> sums;
    for (const std::size_t threads : {1u, 3u}) {
        sextant::thread_pool pool(threads);
        l2_index index(options);
        EXPECT_EQ(index.build(keys, rows(points.values, dim), {.executor = &pool}), different);
        EXPECT_EQ(index.size(), different);
        support::expect_sound(index.nodes());
        for (std::uint64_t key = 0; key < points.rows; ++key) {
            const auto stored = index.get(key);
            ASSERT_EQ(stored.has_value(), first_of[key] != points.rows);
            if (stored) {
                ASSERT_TRUE(std::ranges::equal(*stored, points[first_of[key]])) << key;
            }
        }
        EXPECT_EQ(index.search_exact(points[0], points.rows).size(), different);
        EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), different);
        sums.insert(index.checksum());
    }
    EXPECT_EQ(sums.size(), 1u);
}

TEST(bulk_build, of_one_key_only_takes_one_row) {
    const support::matrix<float> points = points_of(300);
    l2_index index(options);
    EXPECT_EQ(index.build(std::vector<std::uint64_t>(300, 9), rows(points.values, dim)), 1u);
    EXPECT_TRUE(std::ranges::equal(index.get(9).value(), points[0]));
    support::expect_sound(index.nodes());
}

TEST(bulk_build, skips_keys_that_are_present) {
    const support::matrix<float> points = points_of(600);
    const support::matrix<float> others = points_of(600, 85);
    l2_index index(options);
    for (std::size_t row = 0; row < 600; row += 2) index.insert(row, others[row]);
    EXPECT_EQ(index.build(keys_from(0, 600), rows(points.values, dim)), 300u);
    EXPECT_EQ(index.build(keys_from(0, 600), rows(others.values, dim)), 0u);
    EXPECT_EQ(index.size(), 600u);
    for (std::size_t row = 0; row < 600; ++row) {
        ASSERT_TRUE(std::ranges::equal(index.get(row).value(), row % 2 == 0 ? others[row] : points[row])) << row;
    }
    support::expect_sound(index.nodes());
}

TEST(bulk_build, tells_how_far_it_is_on_the_thread_that_called) {
    const support::matrix<float> points = points_of(count);
    sextant::thread_pool pool(3);
    l2_index index(options);
    std::vector<std::size_t> done;
    const auto caller = std::this_thread::get_id();
    const auto progress = [&](std::size_t now, std::size_t total) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        EXPECT_EQ(total, count);
        EXPECT_EQ(index.size(), now) << "what is reported is done";
        done.push_back(now);
    };
    index.build(keys_from(0, count), rows(points.values, dim), {.executor = &pool, .progress = progress});
    ASSERT_FALSE(done.empty());
    EXPECT_TRUE(std::ranges::is_sorted(done));
    EXPECT_EQ(done.back(), count);
    EXPECT_GE(done.size(), 30u) << "often enough for a progress line";
}

/// What must hold after a build of `keys` over `points` that ended early: each row is there whole or not at all, and what
/// it left is an index like any other.
template <class Key, class Hash>
void expect_some_rows(sextant::index<sextant::l2, sextant::f32, Key, Hash>& index, const std::vector<Key>& keys,
                       const support::matrix<float>& points) {
    const std::size_t held = index.size();
    std::size_t found = 0;
    for (std::size_t row = 0; row < points.rows; ++row) {
        const auto stored = index.get(keys[row]);
        if (!stored) continue;
        ++found;
        ASSERT_TRUE(std::ranges::equal(*stored, points[row]));
    }
    ASSERT_EQ(found, held);
    ASSERT_NO_FATAL_FAILURE(support::expect_sound(index.nodes()));
    ASSERT_EQ(index.search_exact(points[0], points.rows).size(), held);
    ASSERT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), held);

    const bool lacks_the_last = !index.contains(keys.back());
    ASSERT_EQ(index.insert(keys.back(), points[points.rows - 1]), lacks_the_last);
    const std::size_t missing = points.rows - index.size();
    ASSERT_EQ(index.build(keys, rows(points.values, points.dim)), missing) << "the rest can be built";
    ASSERT_EQ(index.size(), points.rows);
    ASSERT_EQ(index.nodes().end(), points.rows) << "slots that were given back are used first";
    ASSERT_NO_FATAL_FAILURE(support::expect_sound(index.nodes()));
    for (std::size_t row = 0; row < points.rows; ++row) ASSERT_TRUE(index.contains(keys[row]));
}

class interrupted_build : public testing::Test {
protected:
    static constexpr std::size_t few = 600;
    const support::matrix<float> points_ = points_of(few);
    const std::vector<std::uint64_t> keys_ = keys_from(100, few);
    l2_index index_{options};

    auto view() const { return rows(points_.values, dim); }
};

TEST_F(interrupted_build, by_a_flag_keeps_what_was_done) {
    for (const std::size_t limit : {0u, 1u, 2u, 100u, 500u}) {
        l2_index index(options);
        std::atomic<bool> flag = limit == 0;
        std::size_t reported = 0;
        const auto progress = [&](std::size_t done, std::size_t) {
            reported = done;
            if (done >= limit) flag = true;
        };
        const std::size_t inserted = index.build(keys_, view(), {.progress = progress, .stop = flag});
        EXPECT_EQ(inserted, index.size());
        EXPECT_EQ(inserted, reported) << "nothing is inserted after the stop";
        EXPECT_LT(inserted, few);
        ASSERT_NO_FATAL_FAILURE(expect_some_rows(index, keys_, points_));
    }
}

TEST_F(interrupted_build, by_a_flag_set_within_a_batch_gives_that_batch_back) {
    for (const std::size_t threads : {1u, 3u}) {
        l2_index index(options);
        sextant::thread_pool pool(threads);
        std::atomic<bool> flag = false;
        std::atomic<bool> setter_done = false;
        std::thread setter([&] {
            while (index.size() < 50 && !setter_done) std::this_thread::yield();
            flag = true;
        });
        const std::size_t inserted = index.build(keys_, view(), {.executor = &pool, .stop = flag});
        setter_done = true;
        setter.join();
        EXPECT_EQ(inserted, index.size());
        ASSERT_NO_FATAL_FAILURE(expect_some_rows(index, keys_, points_));
    }
}

TEST_F(interrupted_build, by_a_stop_token) {
    std::stop_source source;
    const auto progress = [&](std::size_t done, std::size_t) {
        if (done > 10) source.request_stop();
    };
    EXPECT_LT(index_.build(keys_, view(), {.progress = progress, .stop = source.get_token()}), few);
    EXPECT_GT(index_.size(), 10u);
    ASSERT_NO_FATAL_FAILURE(expect_some_rows(index_, keys_, points_));
}

TEST_F(interrupted_build, by_a_deadline) {
    const auto now = std::chrono::steady_clock::now();
    EXPECT_EQ(index_.build(keys_, view(), {.stop = now - std::chrono::seconds(1)}), 0u) << "a deadline in the past";
    EXPECT_TRUE(index_.empty());
    const auto slow = [](std::size_t, std::size_t) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
    EXPECT_LT(index_.build(keys_, view(), {.progress = slow, .stop = std::chrono::steady_clock::now() + std::chrono::milliseconds(20)}), few);
    ASSERT_NO_FATAL_FAILURE(expect_some_rows(index_, keys_, points_));
}

TEST_F(interrupted_build, is_not_by_a_condition_that_does_not_come_true) {
    const std::atomic<bool> flag = false;
    EXPECT_EQ(index_.build(keys_, view(), {.stop = flag}), few);
}

TEST_F(interrupted_build, by_progress_that_throws) {
    for (const std::size_t limit : {1u, 3u, 64u, 300u, 600u}) {
        l2_index index(options);
        std::size_t reported = 0;
        const auto progress = [&](std::size_t done, std::size_t) {
            reported = done;
            if (done >= limit) throw std::runtime_error("progress that throws");
        };
        EXPECT_THROW(index.build(keys_, view(), {.progress = progress}), std::runtime_error);
        EXPECT_EQ(index.size(), reported);
        ASSERT_NO_FATAL_FAILURE(expect_some_rows(index, keys_, points_));
    }
}

TEST_F(interrupted_build, by_an_executor_that_throws) {
    const auto expected = [&] {
        l2_index index(options);
        index.build(keys_, view());
        return index.checksum();
    }();
    for (const std::size_t tasks_before : {0u, 1u, 3u, 1000u}) {
        for (std::size_t run = 0;; run += run < 12 ? 1 : 17) {
            SCOPED_TRACE("run " + std::to_string(run) + ", task " + std::to_string(tasks_before));
            l2_index index(options);
            support::failing_executor executor(run, tasks_before);
            try {
                index.build(keys_, view(), {.executor = &executor});
                // It may have failed where half a batch could not stay: then the work was done without it.
                EXPECT_EQ(index.size(), few);
                EXPECT_EQ(index.checksum(), expected);
            } catch (const std::runtime_error&) {
                EXPECT_TRUE(executor.failed());
                EXPECT_LT(index.size(), few);
            }
            ASSERT_NO_FATAL_FAILURE(expect_some_rows(index, keys_, points_));
            if (!executor.failed()) break;
        }
    }
}

TEST_F(interrupted_build, by_a_key_that_cannot_be_copied) {
    using fragile_index = sextant::index<sextant::l2, sextant::f32, support::fragile_key, support::fragile_hash>;
    const std::vector<support::fragile_key> keys(keys_.begin(), keys_.end());
    for (const std::int64_t copies : {0, 1, 2, 3, 50, 64, 333, 599}) {
        SCOPED_TRACE(copies);
        fragile_index index(options);
        {
            const support::copy_limit limit(copies);
            EXPECT_THROW(index.build(keys, view()), std::runtime_error);
        }
        EXPECT_TRUE(index.empty()) << "keys are copied before anything is inserted";
        ASSERT_NO_FATAL_FAILURE(expect_some_rows(index, keys, points_));
    }
}

TEST_F(interrupted_build, leaves_no_key_behind) {
    const auto before = support::fragile_key::living.load();
    {
        sextant::index<sextant::l2, sextant::f32, support::fragile_key, support::fragile_hash> index(options);
        const std::vector<support::fragile_key> keys(keys_.begin(), keys_.end());
        const support::copy_limit limit(100);
        EXPECT_THROW(index.build(keys, view()), std::runtime_error);
    }
    EXPECT_EQ(support::fragile_key::living, before);
}

class refused_build : public interrupted_build {
protected:
    template <class Build>
    void expect_refused(errc code, Build&& build) {
        index_.insert(1, points_[1]);
        const std::uint32_t sum = index_.checksum();
        const std::size_t memory = index_.memory_usage().total();
        try {
            build();
            FAIL() << "not refused";
        } catch (const sextant::error& e) {
            EXPECT_EQ(e.code(), code) << e.what();
        }
        EXPECT_EQ(index_.size(), 1u);
        EXPECT_EQ(index_.checksum(), sum);
        EXPECT_EQ(index_.memory_usage().total(), memory);
        EXPECT_FALSE(index_.contains(keys_[0]));
    }
};

TEST_F(refused_build, for_too_few_or_too_many_keys) {
    expect_refused(errc::count_mismatch, [&] { index_.build(keys_from(0, few - 1), view()); });
    expect_refused(errc::count_mismatch, [&] { index_.build(keys_from(0, few + 1), view()); });
    expect_refused(errc::count_mismatch, [&] { index_.build({}, view()); });
    expect_refused(errc::count_mismatch, [&] { index_.build(keys_, {}); });
}

TEST_F(refused_build, for_rows_of_another_dimension) {
    expect_refused(errc::dimension_mismatch, [&] { index_.build(keys_from(0, few * dim / 4), rows(points_.values, 4)); });
    expect_refused(errc::dimension_mismatch, [&] { index_.build(keys_from(0, few / 2), rows(points_.values, 2 * dim)); });
}

TEST_F(refused_build, for_one_bad_row_among_many_wherever_it_is) {
    sextant::thread_pool pool(3);
    for (const std::size_t row : {0u, 1u, 255u, 256u, 599u}) {
        for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(), 3e38f}) {
            std::vector<float> values = points_.values;
            values[row * dim + row % dim] = bad;
            expect_refused(errc::not_finite, [&] { index_.build(keys_, rows(values, dim)); });
            expect_refused(errc::not_finite, [&] { index_.build(keys_, rows(values, dim), {.executor = &pool}); });
        }
    }
}

TEST_F(refused_build, for_a_row_without_direction_under_cosine) {
    sextant::index<sextant::cosine> index(options);
    std::vector<float> values = points_.values;
    std::fill_n(values.begin() + 77 * dim, dim, 0.0f);
    try {
        index.build(keys_, rows(values, dim));
        FAIL() << "not refused";
    } catch (const sextant::error& e) {
        EXPECT_EQ(e.code(), errc::zero_vector);
    }
    EXPECT_TRUE(index.empty());
}

template <class Key, class Hash>
void build_with_keys() {
    const support::matrix<float> points = points_of(800);
    std::vector<Key> keys;
    for (std::size_t row = 0; row < points.rows; ++row) keys.push_back(support::key_of<Key>(row));
    sextant::thread_pool pool(2);
    sextant::index<sextant::l2, sextant::f32, Key, Hash> index(options);
    EXPECT_EQ(index.build(keys, rows(points.values, dim), {.executor = &pool}), points.rows);
    for (std::size_t row = 0; row < points.rows; ++row) {
        ASSERT_TRUE(std::ranges::equal(index.get(keys[row]).value(), points[row]));
        ASSERT_EQ(index.search(points[row], 1, {.ef = 200}).front().key, keys[row]);
    }
}

TEST(bulk_build, takes_keys_of_any_kind) {
    build_with_keys<std::string, std::hash<std::string>>();
    build_with_keys<support::uuid, support::uuid_hash>();
    build_with_keys<std::uint64_t, support::constant_hash>();
}

TEST(bulk_build, runs_beside_inserts_and_other_builds) {
    const support::matrix<float> points = points_of(2400);
    l2_index index(options);
    std::vector<std::thread> workers;
    std::atomic<std::size_t> inserted = 0;
    for (std::size_t t = 0; t < 2; ++t) {
        workers.emplace_back([&, t] {
            // Half of the rows are everybody's, the others one thread's own.
            const std::size_t own = 1200 + t * 400;
            inserted += index.build(keys_from(0, 1200), rows(points.values.data(), 1200, dim));
            inserted += index.build(keys_from(own, 400), rows(points.values.data() + own * dim, 400, dim));
        });
    }
    workers.emplace_back([&] {
        for (std::size_t row = 2000; row < 2400; ++row) inserted += index.insert(row, points[row]) ? 1u : 0u;
        for (std::size_t row = 0; row < 1200; row += 3) inserted += index.insert(row, points[row]) ? 1u : 0u;
    });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(inserted, points.rows);
    EXPECT_EQ(index.size(), points.rows);
    support::expect_sound(index.nodes());
    for (std::size_t row = 0; row < points.rows; ++row) {
        ASSERT_TRUE(std::ranges::equal(index.get(row).value(), points[row])) << row;
    }
    EXPECT_EQ(index.search(points[0], points.rows, {.ef = points.rows}).size(), points.rows);
}

}  // namespace bulk_build_test
