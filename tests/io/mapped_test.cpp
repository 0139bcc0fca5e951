#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "index/support/refusals.hpp"
#include "io/support/child_process.hpp"
#include "io/support/file_image.hpp"
#include "io/support/kinds.hpp"
#include "io/support/scratch_directory.hpp"

namespace mapped_test {

using kind = io_test::kind<sextant::l2, sextant::f32>;
using sextant::errc;
using sextant::file_errc;
using support::expect_error;

class mapped : public testing::Test {
protected:
    mapped() { EXPECT_TRUE(sextant::save(index_, path_)); }

    kind::index open() const {
        auto opened = sextant::open_mapped<kind::index>(path_);
        EXPECT_TRUE(opened);
        return *std::move(opened);
    }

    io_test::scratch_directory directory_;
    std::filesystem::path path_ = directory_ / "x";
    kind::index index_ = kind::make(150);
    support::matrix<float> queries_ = kind::points(10, 7, 1);
};

TEST_F(mapped, refuses_to_change) {
    auto index = open();
    const auto before = index.checksum();
    expect_error(errc::read_only, [&] { index.insert(1000, queries_[0]); });
    expect_error(errc::read_only, [&] { index.insert(1, queries_[0]); });
    expect_error(errc::read_only, [&] { index.build(support::keys_from(900, 10), sextant::rows(queries_.values, kind::dim)); });
    expect_error(errc::read_only, [&] { index.insert_or_assign(1, queries_[0]); });
    expect_error(errc::read_only, [&] { index.erase(1); });
    expect_error(errc::read_only, [&] { index.compact(); });
    expect_error(errc::read_only, [&] { index.repair(); });
    expect_error(errc::read_only, [&] { index.reserve(1000); });
    EXPECT_EQ(index.size(), 150u);
    EXPECT_EQ(index.checksum(), before);
    EXPECT_FALSE(index.contains(1000));
}

TEST_F(mapped, can_be_validated) {
    EXPECT_TRUE(open().validate().ok());
    auto index = open();
    EXPECT_TRUE(index.contains(1));
    EXPECT_TRUE(index.validate().ok());
}

TEST_F(mapped, can_be_moved_and_outlives_the_file_s_name) {
    auto first = open();
    const auto expected = first.search(queries_[0], 5);
    std::filesystem::remove(path_);
    const auto second = std::move(first);
    EXPECT_EQ(second.search(queries_[0], 5), expected);
    EXPECT_TRUE(second.contains(3));
}

TEST_F(mapped, keeps_its_contents_when_the_file_is_saved_anew) {
    const auto index = open();
    const auto expected = index.search(queries_[0], 5);
    ASSERT_TRUE(sextant::save(kind::make(20, 8, 99), path_));
    EXPECT_EQ(index.search(queries_[0], 5), expected);
    EXPECT_EQ(open().size(), 20u);
}

TEST_F(mapped, finds_keys_from_many_threads_at_once) {
    const auto index = open();
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < 300; ++i) ASSERT_EQ(index.contains(i), i < 150);
        });
    }
}

TEST_F(mapped, sees_damage_when_asked_to) {
    const auto whole = io_test::saved(index_);
    for (std::size_t s = 0; s < io_test::file_image::section_count; ++s) {
        if (whole.size(s) == 0) continue;
        auto damaged = whole;
        damaged.bytes[damaged.offset(s) + damaged.size(s) / 2] ^= 4;
        io_test::put_contents(directory_ / "damaged", damaged.bytes);
        const auto checked = sextant::open_mapped<kind::index>(directory_ / "damaged", {.verify = true});
        ASSERT_FALSE(checked) << s;
        EXPECT_EQ(checked.error().code, file_errc::checksum) << s;
        damaged.fix(s);
        io_test::put_contents(directory_ / "damaged", damaged.bytes);
        const bool loads = sextant::load<kind::index>(directory_ / "damaged").has_value();
        EXPECT_EQ((sextant::open_mapped<kind::index>(directory_ / "damaged", {.verify = true}).has_value()), loads) << s;
    }
    // Sizes and the front sections are always looked at.
    for (std::size_t length = 0; length < whole.bytes.size(); length += 97) {
        io_test::put_contents(directory_ / "damaged", whole.bytes.substr(0, length));
        EXPECT_FALSE(sextant::open_mapped<kind::index>(directory_ / "damaged")) << length;
    }
}

/// Adds up what the system says of this process's mappings of a file: the bytes of "Rss", "Shared_Clean" and the like.
std::size_t mapped_bytes(const std::string& path, const std::string& what) {
    std::ifstream maps("/proc/self/smaps");
    std::size_t total = 0;
    bool here = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.find('-') < line.find(' ')) here = line.ends_with(path);
        if (here && line.starts_with(what + ':')) total += std::stoul(line.substr(what.size() + 1)) << 10;
    }
    return total;
}

/// An index of 16 MB in a file of its own.
class mapped_large : public testing::Test {
protected:
    using index = sextant::index<sextant::l2>;
    static constexpr std::size_t dim = 1024;
    static constexpr std::size_t count = 4000;

    void SetUp() override {
        if (!std::ifstream("/proc/self/smaps")) GTEST_SKIP() << "the system does not say what is resident";
        index written({.dim = dim, .degree = 4, .ef_construction = 8});
        written.build(support::keys_from(0, count), sextant::rows(points_.values, dim));
        ASSERT_TRUE(sextant::save(written, path_));
    }

    support::matrix<float> points_ = support::clustered_points(count, dim, 5);
    io_test::scratch_directory directory_;
    std::filesystem::path path_ = directory_ / "large";
};

TEST_F(mapped_large, stays_on_disk_until_it_is_searched) {
    const auto opened = sextant::open_mapped<index>(path_);
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_LT(mapped_bytes(path_, "Rss"), std::size_t{512} << 10) << "of 16 MB";
    EXPECT_LT(opened->memory_usage().total(), std::size_t{64} << 10);
    EXPECT_EQ(opened->search(points_[7], 1).front().key, 7u);
    EXPECT_GT(mapped_bytes(path_, "Rss"), 0u);
}

TEST_F(mapped_large, is_in_memory_once_for_two_processes) {
    int ready[2];
    int done[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(done), 0);
    char byte = 0;
    // The other process begins before this one opens the file, so that it inherits nothing.
    const ::pid_t other = io_test::in_child([&] {
        const auto opened = sextant::open_mapped<index>(path_);
        const bool found = opened && opened->search_exact(points_[8], 1).front().key == 8u;
        ::close(done[1]);
        return found && ::write(ready[1], "!", 1) == 1 && ::read(done[0], &byte, 1) == 0 ? 0 : 1;
    });
    ::close(ready[1]);
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    {
        const auto opened = sextant::open_mapped<index>(path_);
        ASSERT_TRUE(opened) << opened.error();
        EXPECT_EQ(opened->search_exact(points_[7], 1).front().key, 7u);
        EXPECT_GE(mapped_bytes(path_, "Shared_Clean"), count * dim * sizeof(float));
        EXPECT_EQ(mapped_bytes(path_, "Private_Dirty"), 0u);
    }
    ::close(done[1]);
    const int status = io_test::status_of(other);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    ::close(ready[0]);
    ::close(done[0]);
}

}  // namespace mapped_test
