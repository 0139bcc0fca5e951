#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/support/child_process.hpp"
#include "io/support/file_image.hpp"
#include "io/support/kinds.hpp"
#include "io/support/scratch_directory.hpp"

namespace atomic_save_test {

using kind = io_test::kind<sextant::l2, sextant::f32>;
using io_test::contents;
using io_test::in_child;
using io_test::saved;
using io_test::scratch_directory;
using io_test::status_of;
using sextant::file_errc;

TEST(save_to_path, replaces_the_old_file_and_leaves_nothing_else) {
    const scratch_directory directory;
    const auto a = kind::make(20);
    const auto b = kind::make(90);
    ASSERT_TRUE(sextant::save(a, directory / "x"));
    ASSERT_EQ(::chmod((directory / "x").c_str(), 0640), 0);
    ASSERT_TRUE(sextant::save(b, directory / "x"));
    EXPECT_EQ(contents(directory / "x"), saved(b).bytes);
    EXPECT_EQ(directory.names(), std::vector<std::string>{"x"});
    EXPECT_EQ(std::filesystem::status(directory / "x").permissions(), std::filesystem::perms{0640});
}

TEST(save_to_path, takes_names_as_long_as_the_file_system_does) {
    std::string accents;
    for (int i = 0; i < 127; ++i) accents += "\xC3\xA9";
    for (const std::string& name : {std::string(255, 'x'), accents, "x" + accents}) {
        const scratch_directory directory;
        const auto index = kind::make(20);
        const auto written = sextant::save(index, directory / name);
        ASSERT_TRUE(written) << written.error();
        EXPECT_EQ(contents(directory / name), saved(index).bytes);
        EXPECT_EQ(directory.names(), std::vector<std::string>{name});
    }
}

TEST(save_to_path, keeps_owner_and_group_of_the_file_it_replaces) {
    const scratch_directory directory;
    const auto path = directory / "x";
    ASSERT_TRUE(sextant::save(kind::make(20), path));
    constexpr ::gid_t group = 12'345;
    constexpr ::uid_t owner = 12'346;
    if (::chown(path.c_str(), owner, group) != 0) GTEST_SKIP() << "only root may give files to others";
    ASSERT_EQ(::chmod(path.c_str(), 0660), 0);
    ASSERT_TRUE(sextant::save(kind::make(30), path));
    struct ::stat about{};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_gid, group);
    EXPECT_EQ(about.st_uid, owner);
    EXPECT_EQ(about.st_mode & 07777, 0660u);
}

TEST(save_to_path, keeps_a_file_closed_that_was) {
    const scratch_directory directory;
    const auto path = directory / "x";
    ASSERT_TRUE(sextant::save(kind::make(20), path));
    ASSERT_EQ(::chmod(path.c_str(), 0), 0);
    ASSERT_TRUE(sextant::save(kind::make(30), path));
    struct ::stat about{};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0u);
}

TEST(load_from_path, refuses_a_pipe_instead_of_waiting_for_it) {
    const scratch_directory directory;
    const auto path = directory / "pipe";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const auto loaded = sextant::load<kind::index>(path);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, file_errc::not_a_file);
    const auto mapped = sextant::open_mapped<kind::index>(path);
    ASSERT_FALSE(mapped);
    EXPECT_EQ(mapped.error().code, file_errc::not_a_file);
}

TEST(save_to_path, into_the_working_directory) {
    const scratch_directory directory;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    const auto written = sextant::save(kind::make(3), "x");
    std::filesystem::current_path(before);
    ASSERT_TRUE(written) << written.error();
    EXPECT_EQ(contents(directory / "x"), saved(kind::make(3)).bytes);
}

TEST(save_to_path, where_there_is_no_directory_or_something_else) {
    const scratch_directory directory;
    const auto index = kind::make(3);
    const auto missing = sextant::save(index, directory.path() / "none" / "x");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, file_errc::system);
    EXPECT_EQ(missing.error().system, ENOENT);
    const auto taken = sextant::save(index, directory.path());
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, file_errc::not_a_file);
    const auto device = sextant::save(index, "/dev/null");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, file_errc::not_a_file);
    EXPECT_TRUE(directory.names().empty());
}

TEST(save_to_path, into_a_directory_that_cannot_be_written) {
    const scratch_directory directory;
    ASSERT_EQ(::chmod(directory.path().c_str(), 0555), 0);
    const int status = status_of(in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;  // root may write everywhere
        const auto refused = sextant::save(kind::make(3), directory / "x");
        return !refused && refused.error().system == EACCES ? 0 : 2;
    }));
    ASSERT_EQ(::chmod(directory.path().c_str(), 0700), 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(directory.names().empty());
}

/// A limit on a file's size ends a write half-way as a full disk does.
TEST(save_to_path, that_runs_out_of_room_leaves_the_old_file) {
    const scratch_directory directory;
    const auto path = directory / "x";
    const auto a = kind::make(5);
    const auto b = kind::make(400);
    ASSERT_TRUE(sextant::save(a, path));
    for (const ::rlim_t room : {::rlim_t{0}, ::rlim_t{1}, ::rlim_t{4096}, ::rlim_t{100'000}}) {
        const int status = status_of(in_child([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const ::rlimit limit{room, room};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
            const auto written = sextant::save(b, path);
            return !written && written.error().code == file_errc::system && written.error().system == EFBIG ? 0 : 2;
        }));
        ASSERT_TRUE(WIFEXITED(status));
        ASSERT_EQ(WEXITSTATUS(status), 0);
        EXPECT_EQ(contents(path), saved(a).bytes);
        EXPECT_EQ(directory.names(), std::vector<std::string>{"x"});
    }
}

TEST(save_to_stream, that_is_full_is_an_error) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    std::ofstream full("/dev/full", std::ios::binary);
    const auto small = sextant::save(kind::make(1), full);
    ASSERT_FALSE(small);  // less than the stream's buffer: the error shows when it is flushed
    std::ofstream again("/dev/full", std::ios::binary);
    const auto large = sextant::save(kind::make(400), again);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, file_errc::system);
}

TEST(load_from_path, says_what_is_not_there) {
    const scratch_directory directory;
    const auto missing = sextant::load<kind::index>(directory / "none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().system, ENOENT);
    const auto none = sextant::load<kind::index>(directory.path());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, file_errc::not_a_file);
    io_test::put_contents(directory / "empty", "");
    EXPECT_EQ(sextant::load<kind::index>(directory / "empty").error().code, file_errc::truncated);
    EXPECT_EQ(sextant::open_mapped<kind::index>(directory / "empty").error().code, file_errc::truncated);
    EXPECT_EQ(sextant::open_mapped<kind::index>(directory / "none").error().system, ENOENT);
    EXPECT_EQ(sextant::open_mapped<kind::index>(directory.path()).error().code, file_errc::not_a_file);
    auto longer = saved(kind::make(3)).bytes + '\0';
    io_test::put_contents(directory / "longer", longer);
    EXPECT_EQ(sextant::load<kind::index>(directory / "longer").error().code, file_errc::corrupt);
}

/// The process is killed at random moments while it saves one index after the other under one name.
TEST(save_to_path, killed_at_any_moment_leaves_the_old_file_or_the_new) {
    const scratch_directory directory;
    const auto path = directory / "x";
    const auto a = kind::make(100);
    const auto b = kind::make(300);
    const std::string bytes_of_a = saved(a).bytes;
    const std::string bytes_of_b = saved(b).bytes;
    ASSERT_TRUE(sextant::save(a, path));
    std::mt19937 random(1);
    bool interrupted = false;
    for (int round = 0; round < 100; ++round) {
        const ::pid_t child = in_child([&] {
            for (;;) {
                if (!sextant::save(b, path) || !sextant::save(a, path)) return 1;
            }
        });
        ASSERT_GT(child, 0);
        ::usleep(static_cast<::useconds_t>(500 + random() % 8000));
        ::kill(child, SIGKILL);
        const int status = status_of(child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "saving failed";
        const std::string now = contents(path);
        ASSERT_TRUE(now == bytes_of_a || now == bytes_of_b) << "round " << round;
        const auto back = sextant::load<kind::index>(path);
        ASSERT_TRUE(back) << back.error();
        ASSERT_EQ(back->checksum(), (now == bytes_of_a ? a : b).checksum());
        interrupted = interrupted || directory.names().size() > 1;
    }
    EXPECT_TRUE(interrupted) << "no save was ever under way";
}

}  // namespace atomic_save_test
