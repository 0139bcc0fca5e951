#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#if defined(__linux__)
#include <unistd.h>
#endif

#include "index/support/keys.hpp"
#include "index/support/points.hpp"
#include "support/sanitizers.hpp"

namespace memory_test {

using sextant::memory_report;

void fill(sextant::index<sextant::l2>& index, const support::matrix<float>& points) {
    for (std::size_t row = 0; row < points.rows; ++row) index.insert(row, points[row]);
}

TEST(memory_usage, of_an_empty_index_is_under_4_kib) {
    EXPECT_LT(sextant::index<sextant::l2>({.dim = 128}).memory_usage().total(), 4096u);
    EXPECT_LT(sextant::index<sextant::cosine>({.dim = 65'536, .degree = 512}).memory_usage().total(), 4096u);
    EXPECT_LT(sextant::index<sextant::hamming>({.dim = 1'048'576}).memory_usage().total(), 4096u);
    EXPECT_LT((sextant::index<sextant::l2, sextant::f32, std::string>({.dim = 1}).memory_usage().total()), 4096u);
}

TEST(memory_usage, names_every_part_and_no_more_than_there_is) {
    constexpr std::size_t count = 5000;
    constexpr std::size_t dim = 100;
    constexpr std::size_t degree = 16;  // its links fill cache lines without padding
    sextant::index<sextant::l2> index({.dim = dim, .degree = degree, .ef_construction = 10});
    fill(index, support::clustered_points(count, dim, 161));
    const memory_report report = index.memory_usage();
    const auto within = [](std::size_t bytes, std::size_t needed) {
        return bytes >= needed && static_cast<double>(bytes) <= 1.25 * static_cast<double>(needed);
    };
    EXPECT_TRUE(within(report.vectors, count * dim * sizeof(float))) << report.vectors;
    EXPECT_TRUE(within(report.links, count * 2 * degree * sizeof(sextant::slot))) << report.links;
    EXPECT_GE(report.nodes, count * 8);
    EXPECT_LE(report.nodes, count * 20);
    EXPECT_GE(report.keys, count * (sizeof(std::uint64_t) + sizeof(sextant::slot)));
    EXPECT_LE(report.keys, count * 32);
    EXPECT_EQ(report.total(), report.vectors + report.links + report.nodes + report.keys + report.object);
}

TEST(memory_usage, grows_with_the_index_and_never_falls) {
    sextant::index<sextant::l2> index({.dim = 16, .degree = 4, .ef_construction = 4});
    const support::matrix<float> points = support::clustered_points(3000, 16, 162);
    std::size_t last = index.memory_usage().total();
    for (std::size_t row = 0; row < points.rows; ++row) {
        index.insert(row, points[row]);
        const std::size_t now = index.memory_usage().total();
        ASSERT_GE(now, last);
        last = now;
    }
    EXPECT_GE(last, points.rows * 16 * sizeof(float));
    index.search(points[0], 100, {.ef = 1000});
    EXPECT_EQ(index.memory_usage().total(), last) << "search buffers belong to threads";
}

TEST(memory_usage, counts_keys_by_their_size) {
    // So many that every key table has as many cells in both, wherever keys fall: 281 of 192 to 384 are used, more or less 17.
    const support::matrix<float> points = support::clustered_points(4500, 4, 163);
    sextant::index<sextant::l2, sextant::f32, support::uuid, support::uuid_hash> large({.dim = 4, .degree = 4, .ef_construction = 4});
    sextant::index<sextant::l2> small({.dim = 4, .degree = 4, .ef_construction = 4});
    for (std::size_t row = 0; row < points.rows; ++row) {
        large.insert(support::key_of<support::uuid>(row), points[row]);
        small.insert(row, points[row]);
    }
    EXPECT_GE(large.memory_usage().keys, small.memory_usage().keys + points.rows * 8);
    EXPECT_EQ(large.memory_usage().vectors, small.memory_usage().vectors);
}

TEST(memory_usage, is_there_ahead_when_reserved) {
    const support::matrix<float> points = support::clustered_points(3000, 32, 164);
    sextant::index<sextant::l2> index({.dim = 32, .degree = 8, .ef_construction = 4});
    index.reserve(points.rows);
    EXPECT_TRUE(index.empty());
    const memory_report before = index.memory_usage();
    EXPECT_GE(before.vectors, points.rows * 32 * sizeof(float));
    fill(index, points);
    const memory_report after = index.memory_usage();
    EXPECT_EQ(after.vectors, before.vectors);
    EXPECT_EQ(after.nodes, before.nodes);
}

/// Bytes of this process in memory, where the system tells.
std::optional<std::size_t> resident_bytes() {
#if defined(__linux__)
    std::ifstream statm("/proc/self/statm");
    std::size_t size = 0;
    std::size_t resident = 0;
    if (statm >> size >> resident) return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
#endif
    return std::nullopt;
}

TEST(memory, of_a_thousand_small_indexes_is_little_more_than_their_vectors_and_links) {
    // Emulated or watched it would take too long for what it can tell.
#if defined(__x86_64__)
    constexpr std::size_t indexes = support::sanitized ? 10 : 1000;
#else
    constexpr std::size_t indexes = 10;
#endif
    constexpr std::size_t count = 1000;
    constexpr std::size_t dim = 128;
    constexpr std::size_t degree = 16;
    const support::matrix<float> points = support::clustered_points(count, dim, 165);

    const std::optional<std::size_t> before = resident_bytes();
    std::deque<sextant::index<sextant::l2>> all;
    std::size_t reported = 0;
    for (std::size_t i = 0; i < indexes; ++i) {
        fill(all.emplace_back(sextant::index_options{.dim = dim, .degree = degree, .ef_construction = 1}), points);
        reported += all.back().memory_usage().total();
    }
    const std::size_t raw = indexes * count * (dim * sizeof(float) + 2 * degree * sizeof(sextant::slot));
    EXPECT_GE(reported, raw);
    EXPECT_LE(static_cast<double>(reported), 1.4 * static_cast<double>(raw));
    RecordProperty("reported_over_raw", std::to_string(static_cast<double>(reported) / static_cast<double>(raw)));

    const std::optional<std::size_t> after = resident_bytes();
    if (support::sanitized || !before || !after || indexes < 1000) {
        GTEST_SKIP() << "what is resident is not measured here: a sanitizer or an emulator runs this";
    }
    const auto grown = static_cast<double>(*after) - static_cast<double>(*before);
    RecordProperty("resident_over_raw", std::to_string(grown / static_cast<double>(raw)));
    EXPECT_LE(grown, 1.4 * static_cast<double>(raw));
    EXPECT_GE(grown, 0.9 * static_cast<double>(raw)) << "the measurement must see the vectors";
}

}  // namespace memory_test
