#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "../core/file_error.hpp"
#include "temporary_path.hpp"

namespace sextant::inline SEXTANT_ABI {

/// An open file, closed at the end.
class file_handle {
public:
    explicit file_handle(int file = -1) noexcept : file_(file) {}
    file_handle(file_handle&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    file_handle& operator=(file_handle&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    ~file_handle() { close(); }

    int get() const noexcept { return file_; }

    /// False if the system says that what was written is lost.
    bool close() noexcept { return file_ < 0 || ::close(std::exchange(file_, -1)) == 0 || errno == EINTR; }

private:
    int file_;
};

/// The bytes of a file. Small reads come from a buffer, large ones go straight to where they are wanted.
class file_source {
public:
    static file_result<file_source> open(const std::filesystem::path& path) {
        // Without O_NONBLOCK a pipe would be waited for before it could be refused.
        file_handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
        if (file.get() < 0) return system_failed("opening " + path.string(), errno);
        struct ::stat about{};
        if (::fstat(file.get(), &about) != 0) return system_failed("looking at " + path.string(), errno);
        if (!S_ISREG(about.st_mode)) return failed(file_errc::not_a_file, path.string() + " is not a regular file");
        return file_source(std::move(file), static_cast<std::uint64_t>(about.st_size), path.string());
    }

    std::optional<file_error> read(std::span<std::byte> to) {
        while (!to.empty()) {
            if (left_.empty() && to.size() < capacity) {
                std::size_t got = 0;
                if (auto error = read_some({buffer_.get(), capacity}, got)) return error;
                left_ = {buffer_.get(), got};
            }
            std::size_t count = std::min(left_.size(), to.size());
            if (count > 0) {
                std::memcpy(to.data(), left_.data(), count);
                left_ = left_.subspan(count);
            } else if (auto error = read_some(to, count)) {
                return error;
            }
            to = to.subspan(count);
        }
        return std::nullopt;
    }

    std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    static constexpr std::size_t capacity = std::size_t{64} << 10;

    file_source(file_handle file, std::uint64_t size, std::string name)
        : file_(std::move(file)), size_(size), name_(std::move(name)), buffer_(std::make_unique<std::byte[]>(capacity)) {}

    std::optional<file_error> read_some(std::span<std::byte> to, std::size_t& got) {
        for (;;) {
            const ::ssize_t n = ::read(file_.get(), to.data(), std::min(to.size(), std::size_t{1} << 30));
            if (n > 0) {
                got = static_cast<std::size_t>(n);
                return std::nullopt;
            }
            if (n == 0) return file_error{file_errc::truncated, "sextant: " + name_ + " ends too early"};
            if (errno != EINTR) return system_failed("reading " + name_, errno).take();
        }
    }

    file_handle file_;
    std::uint64_t size_;
    std::string name_;
    std::unique_ptr<std::byte[]> buffer_;
    std::span<const std::byte> left_;
};

/// A file that takes its name only when it is complete and safe on the disk: it is written under a name of its own in the same
/// directory, "NAME.tmp-PROCESS-NUMBER", then renamed. Unless commit() says so, whatever had the name keeps it, and the
/// temporary file is removed; a process that is killed may leave one behind.
class atomic_file {
public:
    static file_result<atomic_file> create(const std::filesystem::path& path) {
        atomic_file result(path);
        struct ::stat old{};
        const bool replaces = ::stat(path.c_str(), &old) == 0;
        if (replaces && !S_ISREG(old.st_mode)) return failed(file_errc::not_a_file, path.string() + " is not a regular file");
        static std::atomic<unsigned> number = 0;
        do {
            result.temporary_ = temporary_path(path, std::to_string(::getpid()) + "-" + std::to_string(number.fetch_add(1)));
            result.file_ = file_handle(::open(result.temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? 0600 : 0666));
        } while (result.file_.get() < 0 && errno == EEXIST);
        if (result.file_.get() < 0) {
            const int error = errno;
            return system_failed("creating " + std::exchange(result.temporary_, {}).string(), error);
        }
        if (replaces) result.give_access_of(old);
        return result;
    }

    atomic_file(atomic_file&& other) noexcept
        : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})), file_(std::move(other.file_)) {}
    atomic_file& operator=(atomic_file&&) = delete;
    ~atomic_file() {
        if (!temporary_.empty()) ::unlink(temporary_.c_str());
    }

    std::optional<file_error> write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ::ssize_t n = ::write(file_.get(), bytes.data(), std::min(bytes.size(), std::size_t{1} << 30));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return system_failed("writing " + path_.string(), errno).take();
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
        return std::nullopt;
    }

    /// Gives the file its name. If only the last step fails, which is to make the directory remember it, the name is given but a
    /// power failure may take it back.
    file_result<void> commit() {
        if (::fsync(file_.get()) != 0 || !file_.close()) return system_failed("writing " + path_.string(), errno);
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) return system_failed("naming " + path_.string(), errno);
        temporary_.clear();
        const std::filesystem::path parent = path_.parent_path();
        const file_handle directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC));
        // EINVAL: a file system that keeps no such promise.
        if (directory.get() < 0 || (::fsync(directory.get()) != 0 && errno != EINVAL)) {
            return system_failed("making the directory of " + path_.string() + " durable", errno);
        }
        return {};
    }

private:
    explicit atomic_file(std::filesystem::path path) : path_(std::move(path)) {}

    /// The owner and a service's other readers keep their access, and nobody gets any: less of it where the system does not
    /// let it be given.
    void give_access_of(const struct ::stat& old) noexcept {
        constexpr auto same_owner = static_cast<::uid_t>(-1);
        ::mode_t mode = old.st_mode & 0777;
        if (::fchown(file_.get(), old.st_uid, old.st_gid) != 0 && ::fchown(file_.get(), same_owner, old.st_gid) != 0) {
            mode &= ~static_cast<::mode_t>(S_IRWXG);
        }
        static_cast<void>(::fchmod(file_.get(), mode));  // or it stays as it was created: its owner's alone
    }

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    file_handle file_;
};

}  // namespace sextant::inline SEXTANT_ABI
