#include <sextant/sextant.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/soundness.hpp"
#include "io/support/hnswlib_bytes.hpp"

namespace import_hnswlib_test {

using layout = support::hnswlib_layout;
using support::bytes;
using support::peek;
using support::poke;
using sextant::file_errc;
using l2_index = sextant::index<sextant::l2>;

const std::set<std::size_t> deleted_rows{3, 11, 12, 30, 47};

template <class Index = l2_index>
sextant::file_result<Index> import(const bytes& file, std::size_t dim = layout::dim) {
    return sextant::import_hnswlib<Index>(std::span<const std::byte>(file), dim);
}

/// Fails unless the file is refused for this.
template <class Index = l2_index>
void expect_refused(const bytes& file, file_errc code, std::size_t dim = layout::dim) {
    const auto index = import<Index>(file, dim);
    ASSERT_FALSE(index);
    EXPECT_EQ(index.error().code, code) << index.error().message;
    EXPECT_EQ(index.error().message.substr(0, 9), "sextant: ");
}

class importing_hnswlib : public testing::Test {
protected:
    bytes file_ = support::golden_hnswlib();
    support::matrix<float> points_ = support::grid_points(layout::count, layout::dim, 401, 8);

    void SetUp() override { ASSERT_GT(file_.size(), layout::record_of(layout::count)); }
};

TEST_F(importing_hnswlib, brings_everything_that_was_not_deleted) {
    const auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->size(), layout::count - deleted_rows.size());
    EXPECT_EQ(index->options().degree, layout::degree);
    EXPECT_EQ(index->options().ef_construction, 30u);
    for (std::size_t row = 0; row < layout::count; ++row) {
        const auto stored = index->get(1000 + 7 * row);
        ASSERT_EQ(stored.has_value(), !deleted_rows.contains(row)) << row;
        if (stored) {
            EXPECT_TRUE(std::ranges::equal(*stored, points_[row]));
        }
    }
    EXPECT_TRUE(index->validate().ok()) << to_string(index->validate());
    support::expect_sound(index->nodes());
    for (std::size_t row = 0; row < layout::count; ++row) {
        EXPECT_EQ(index->search(points_[row], 48, {.ef = 48}), index->search_exact(points_[row], 48));
    }
}

TEST_F(importing_hnswlib, keeps_the_levels_and_links_of_the_file) {
    // Without deleted vectors nothing but pinning changes a list.
    for (const std::size_t row : deleted_rows) file_[layout::record_of(row) + 2] = std::byte{0};
    const auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    std::size_t same = 0;
    std::size_t links = 0;
    std::size_t at = layout::record_of(layout::count);
    for (sextant::slot id = 0; id < layout::count; ++id) {
        const auto upper = peek<std::uint32_t>(file_, at);
        EXPECT_EQ(index->nodes().at(id).level, upper / (4 + 4 * layout::degree));
        at += 4 + upper;
        for (std::size_t i = 0; i < peek<std::uint16_t>(file_, layout::record_of(id)); ++i, ++links) {
            const auto other = peek<std::uint32_t>(file_, layout::record_of(id) + 4 + 4 * i);
            same += index->nodes().links(id).contains(other) ? 1u : 0u;
        }
    }
    EXPECT_GE(same, links * 9 / 10) << "of " << links;
}

TEST_F(importing_hnswlib, leaves_room_for_what_was_deleted) {
    auto index = import(file_);
    ASSERT_TRUE(index);
    const std::size_t slots = index->nodes().end();
    for (std::uint64_t key = 0; key < deleted_rows.size(); ++key) {
        EXPECT_TRUE(index->insert(key, points_[3]));
    }
    EXPECT_EQ(index->nodes().end(), slots);
    for (std::uint64_t key = 5; key < 300; ++key) EXPECT_TRUE(index->insert(key, points_[key % layout::count]));
    support::expect_sound(index->nodes());
    EXPECT_TRUE(index->validate().ok());
    EXPECT_TRUE(index->erase(1000));
    EXPECT_TRUE(index->validate().ok());
}

TEST_F(importing_hnswlib, stores_vectors_in_any_code) {
    const auto halves = import<sextant::index<sextant::l2, sextant::f16>>(file_);
    const auto codes = import<sextant::index<sextant::l2, sextant::rerank<sextant::lvq<8>, sextant::f32>>>(file_);
    ASSERT_TRUE(halves && codes);
    for (std::size_t row = 0; row < layout::count; ++row) {
        if (deleted_rows.contains(row)) continue;
        EXPECT_TRUE(std::ranges::equal(*halves->get(1000 + 7 * row), points_[row]));
        EXPECT_TRUE(std::ranges::equal(*codes->get(1000 + 7 * row), points_[row]));
    }
    EXPECT_TRUE(halves->validate().ok());
    EXPECT_TRUE(codes->validate().ok());
    expect_refused<sextant::index<sextant::l2, sextant::u8>>(file_, file_errc::corrupt);  // some coordinates are negative
}

TEST_F(importing_hnswlib, gives_labels_to_other_integers_that_hold_them) {
    const auto small = import<sextant::index<sextant::l2, sextant::f32, std::int16_t>>(file_);
    ASSERT_TRUE(small);
    EXPECT_TRUE(small->contains(1000));
    expect_refused<sextant::index<sextant::l2, sextant::f32, std::uint8_t>>(file_, file_errc::type);
}

TEST_F(importing_hnswlib, reads_files) {
    const auto path = std::filesystem::temp_directory_path() / ("sextant_import_hnswlib_" + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file_.data()), static_cast<std::streamsize>(file_.size()));
    const auto index = sextant::import_hnswlib<l2_index>(path, layout::dim);
    std::filesystem::resize_file(path, 50);
    const auto shorter = sextant::import_hnswlib<l2_index>(path, layout::dim);
    std::filesystem::resize_file(path, std::uintmax_t{1} << 40);  // all zeros, and more than there is memory
    const auto sparse = sextant::import_hnswlib<l2_index>(path, layout::dim);
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file_.data()), static_cast<std::streamsize>(file_.size()));
    std::filesystem::resize_file(path, std::uintmax_t{1} << 40);
    const auto followed = sextant::import_hnswlib<l2_index>(path, layout::dim);
    std::filesystem::remove(path);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->size(), layout::count - deleted_rows.size());
    ASSERT_FALSE(shorter);
    EXPECT_EQ(shorter.error().code, file_errc::truncated);
    ASSERT_FALSE(sparse);
    EXPECT_EQ(sparse.error().code, file_errc::format);
    ASSERT_FALSE(followed);
    EXPECT_EQ(followed.error().code, file_errc::corrupt);

    const auto missing = sextant::import_hnswlib<l2_index>(path, layout::dim);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, file_errc::system);
    EXPECT_EQ(missing.error().system, ENOENT);
    const auto directory = sextant::import_hnswlib<l2_index>(path.parent_path(), layout::dim);
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, file_errc::not_a_file);
}

TEST_F(importing_hnswlib, refuses_another_dimension) {
    expect_refused(file_, file_errc::type, 2);
    expect_refused(file_, file_errc::type, 4);
    EXPECT_THROW((void)import(file_, 0), sextant::error);
    EXPECT_THROW((void)import(file_, 1'000'000), sextant::error);
}

TEST_F(importing_hnswlib, of_an_empty_index_makes_an_empty_index) {
    file_.resize(layout::header);
    poke<std::uint64_t>(file_, 16, 0);
    poke<std::uint32_t>(file_, 48, 0xFFFF'FFFFu);
    poke<std::uint32_t>(file_, 52, 0xFFFF'FFFFu);
    auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_TRUE(index->empty());
    EXPECT_TRUE(index->insert(1, points_[0]));
    poke<std::uint32_t>(file_, 52, 0);
    expect_refused(file_, file_errc::corrupt);
}

TEST_F(importing_hnswlib, of_nothing_but_deleted_vectors_makes_an_empty_index) {
    for (std::size_t row = 0; row < layout::count; ++row) file_[layout::record_of(row) + 2] = std::byte{1};
    auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_TRUE(index->empty());
    EXPECT_TRUE(index->search(points_[0], 5).empty());
    EXPECT_TRUE(index->insert(1, points_[0]));
    EXPECT_EQ(index->search(points_[0], 5).size(), 1u);
    support::expect_sound(index->nodes());
}

TEST_F(importing_hnswlib, links_in_what_the_file_has_stranded) {
    for (std::size_t row = 0; row < layout::count; ++row) poke<std::uint16_t>(file_, layout::record_of(row), 0);
    const auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    support::expect_sound(index->nodes());
    EXPECT_EQ(index->search(points_[0], 48, {.ef = 48}).size(), layout::count - deleted_rows.size());
}

TEST_F(importing_hnswlib, bears_links_to_oneself_and_links_that_are_there_twice) {
    for (std::size_t row = 0; row < layout::count; ++row) {
        const std::size_t list = layout::record_of(row);
        poke<std::uint16_t>(file_, list, 6);
        for (std::size_t i = 0; i < 6; ++i) poke(file_, list + 4 + 4 * i, static_cast<std::uint32_t>(i < 2 ? row : (row + 1) % 48));
    }
    const auto index = import(file_);
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_TRUE(index->validate().ok()) << to_string(index->validate());
}

TEST_F(importing_hnswlib, refuses_numbers_that_contradict_each_other) {
    struct contradiction {
        std::size_t at;
        std::size_t bytes;
        std::uint64_t value;
        file_errc code;
    };
    const std::uint64_t huge = ~std::uint64_t{0};
    const contradiction contradictions[] = {
        {0, 8, 1, file_errc::format},                        // offset of level 0
        {0, 8, huge, file_errc::format},
        {8, 8, 47, file_errc::corrupt},                      // capacity
        {16, 8, 49, file_errc::truncated},                   // count
        {16, 8, 61, file_errc::corrupt},                     // above the capacity
        {16, 8, 0, file_errc::corrupt},
        {16, 8, 47, file_errc::corrupt},
        {24, 8, layout::record + 4, file_errc::format},      // bytes of a record
        {24, 8, 0, file_errc::format},
        {24, 8, huge, file_errc::format},
        {32, 8, layout::label_in_record - 4, file_errc::format},
        {32, 8, huge - 7, file_errc::format},
        {40, 8, layout::vector_in_record + 4, file_errc::format},
        {48, 4, 0, file_errc::corrupt},                      // highest level
        {48, 4, 30, file_errc::corrupt},
        {48, 4, 0xFFFF'FFFF, file_errc::corrupt},
        {52, 4, 48, file_errc::corrupt},                     // entry point
        {52, 4, 0xFFFF'FFFF, file_errc::corrupt},
        {56, 8, 4, file_errc::format},                       // degrees
        {56, 8, huge, file_errc::format},
        {64, 8, 7, file_errc::format},
        {72, 8, 2, file_errc::format},
        {72, 8, huge / 2 + 2, file_errc::format},
    };
    for (const contradiction& c : contradictions) {
        SCOPED_TRACE(std::to_string(c.value) + " at " + std::to_string(c.at));
        bytes file = file_;
        for (std::size_t i = 0; i < c.bytes; ++i) file[c.at + i] = static_cast<std::byte>(c.value >> (8 * i));
        expect_refused(file, c.code);
    }
    bytes file = file_;
    poke<std::uint64_t>(file, 8, huge);
    poke<std::uint64_t>(file, 16, huge);
    expect_refused(file, file_errc::unsupported);  // so many that a multiplication would overflow
    poke<std::uint64_t>(file, 16, 0x7FFF'FFFFu);
    expect_refused(file, file_errc::truncated);
}

TEST_F(importing_hnswlib, refuses_degrees_it_cannot_have) {
    for (const std::uint64_t degree : {1u, 513u}) {
        bytes file(layout::header + 200'000);
        const std::uint64_t vector = 4 + 8 * degree;
        std::size_t at = 0;
        for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0}, vector + 20, vector + 12, vector}) {
            poke(file, at, value);
            at += 8;
        }
        poke(file, 56, degree);
        poke(file, 64, 2 * degree);
        poke(file, 72, degree);
        expect_refused(file, file_errc::unsupported);
    }
}

TEST_F(importing_hnswlib, refuses_lists_that_are_none) {
    const auto with = [&](std::size_t at, auto value) {
        bytes file = file_;
        poke(file, at, value);
        return file;
    };
    expect_refused(with(layout::record_of(5), std::uint16_t{7}), file_errc::corrupt);
    expect_refused(with(layout::record_of(5) + 2, std::uint8_t{2}), file_errc::corrupt);
    expect_refused(with(layout::record_of(5) + 3, std::uint8_t{1}), file_errc::corrupt);
    expect_refused(with(layout::record_of(5) + 4, std::uint32_t{48}), file_errc::corrupt);
    expect_refused(with(layout::record_of(5) + 4, std::uint32_t{0xFFFF'FFFF}), file_errc::corrupt);

    std::size_t at = layout::record_of(layout::count);
    while (peek<std::uint32_t>(file_, at) == 0) at += 4;
    expect_refused(with(at, std::uint32_t{17}), file_errc::corrupt);
    expect_refused(with(at, std::uint32_t{16 * 32}), file_errc::corrupt);
    expect_refused(with(at, std::uint32_t{0xFFFF'FFF0}), file_errc::corrupt);
    expect_refused(with(at + 4, std::uint16_t{4}), file_errc::corrupt);
    expect_refused(with(at + 6, std::uint8_t{1}), file_errc::corrupt);
    std::size_t low = layout::record_of(layout::count);
    std::uint32_t number = 0;
    for (; peek<std::uint32_t>(file_, low) != 0; ++number) low += 4 + peek<std::uint32_t>(file_, low);
    bytes file = with(at + 4, std::uint16_t{1});
    poke(file, at + 8, number);
    expect_refused(file, file_errc::corrupt);  // a link on level 1 to a vector of level 0
}

TEST_F(importing_hnswlib, refuses_levels_of_a_size_that_none_has) {
    const std::size_t last = file_.size() - 4;  // the last vector is on level 0
    ASSERT_EQ(peek<std::uint32_t>(file_, last), 0u);
    const auto highest = peek<std::uint32_t>(file_, 48);
    const auto with_lists = [&](std::uint32_t said, std::size_t there) {
        bytes file = file_;
        poke(file, last, said);
        file.resize(file.size() + there);
        return file;
    };
    EXPECT_TRUE(import(with_lists(16, 16)));
    expect_refused(with_lists(17, 17), file_errc::corrupt);
    expect_refused(with_lists(16, 0), file_errc::truncated);
    expect_refused(with_lists(32, 31), file_errc::truncated);
    EXPECT_TRUE(import(with_lists(16 * highest, 16 * highest)));
    expect_refused(with_lists(16 * (highest + 1), 16 * (highest + 1)), file_errc::corrupt);  // above the entry point
}

TEST_F(importing_hnswlib, refuses_a_label_that_is_there_twice) {
    poke<std::uint64_t>(file_, layout::label_of(20), 1000 + 7 * 21);
    expect_refused(file_, file_errc::corrupt);
    poke<std::uint64_t>(file_, layout::label_of(20), 1000 + 7 * 3);
    EXPECT_TRUE(import(file_)) << "that one was deleted";
}

TEST_F(importing_hnswlib, refuses_vectors_that_cannot_be_compared) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30f}) {
        bytes file = file_;
        poke(file, layout::vector_of(20) + 4, bad);
        expect_refused(file, file_errc::corrupt);
        file[layout::record_of(20) + 2] = std::byte{1};
        EXPECT_TRUE(import(file)) << "deleted ones are not read";
    }
    for (std::size_t i = 0; i < layout::dim; ++i) poke(file_, layout::vector_of(20) + 4 * i, 0.0f);
    EXPECT_TRUE(import(file_));
    expect_refused<sextant::index<sextant::cosine>>(file_, file_errc::corrupt);
}

TEST_F(importing_hnswlib, refuses_a_file_that_ends_anywhere_else) {
    for (std::size_t size = 0; size < file_.size(); ++size) {
        const bytes shorter(file_.begin(), file_.begin() + static_cast<std::ptrdiff_t>(size));
        ASSERT_FALSE(import(shorter)) << "of " << size << " bytes";
    }
    file_.push_back(std::byte{0});
    expect_refused(file_, file_errc::corrupt);
}

/// Whatever a file holds, what comes of it is refused or is a sound index of the labels in it. Returns whether it was taken.
bool survive(const bytes& file) {
    auto index = import(file);
    if (!index) return false;
    const auto report = index->validate();
    EXPECT_TRUE(report.ok()) << to_string(report);
    EXPECT_EQ(report.links_to_dead + report.dead, 0u);
    std::set<std::uint64_t> labels;
    for (std::size_t i = 0; i < layout::count; ++i) labels.insert(peek<std::uint64_t>(file, layout::label_of(i)));
    const std::vector<float> query{1.0f, 2.0f, 3.0f};
    const auto hits = index->search(query, 60, {.ef = 60});
    EXPECT_EQ(hits.size(), index->size());
    for (const auto& hit : hits) {
        EXPECT_TRUE(labels.contains(hit.key));
        EXPECT_FALSE(std::isnan(hit.distance));
        EXPECT_TRUE(index->get(hit.key).has_value());
    }
    const bool known = index->contains(1);
    EXPECT_NE(index->insert(1, query), known);
    EXPECT_LT(index->memory_usage().total(), 64 * file.size());
    return !testing::Test::HasFailure();
}

TEST_F(importing_hnswlib, survives_every_byte_changed) {
    std::size_t taken = 0;
    for (std::size_t at = 0; at < file_.size(); ++at) {
        const std::byte right = file_[at];
        for (const std::byte wrong : {right ^ std::byte{1}, right ^ std::byte{0x80}, std::byte{0}, std::byte{0xFF}}) {
            file_[at] = wrong;
            taken += survive(file_) ? 1u : 0u;
            ASSERT_FALSE(HasFailure()) << "byte " << at << " is " << static_cast<int>(wrong);
        }
        file_[at] = right;
    }
    EXPECT_GT(taken, file_.size() / 4) << "labels, coordinates and what is never read";
}

TEST_F(importing_hnswlib, survives_bits_flipped_at_random) {
    std::mt19937_64 random(402);
    std::size_t taken = 0;
    for (std::size_t round = 0; round < 30'000; ++round) {
        bytes file = file_;
        for (std::size_t flips = 1 + random() % 6; flips > 0; --flips) {
            // Half of them where a check of the header would hide all others.
            const std::size_t from = round % 2 == 0 ? 0 : layout::header;
            file[from + random() % (file.size() - from)] ^= static_cast<std::byte>(1u << random() % 8);
        }
        taken += survive(file) ? 1u : 0u;
        ASSERT_FALSE(HasFailure()) << "in round " << round;
    }
    EXPECT_GT(taken, 3000u);
}

TEST_F(importing_hnswlib, survives_numbers_put_anywhere) {
    std::mt19937_64 random(403);
    const std::uint32_t numbers[] = {0, 1, 2, 3, 12, 16, 32, 47, 48, 0x7FFF'FFFF, 0x8000'0000, 0xFFFF'FFFF, 0x0001'0001, 0x7F80'0000};
    for (std::size_t round = 0; round < 30'000; ++round) {
        bytes file = file_;
        for (std::size_t words = 1 + random() % 4; words > 0; --words) {
            poke(file, 4 * (random() % (file.size() / 4)), numbers[random() % std::size(numbers)]);
        }
        survive(file);
        ASSERT_FALSE(HasFailure()) << "in round " << round;
    }
}

}  // namespace import_hnswlib_test
