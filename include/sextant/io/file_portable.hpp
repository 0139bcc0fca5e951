#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "../core/file_error.hpp"
#include "temporary_path.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The bytes of a file, through the standard library alone.
class file_source {
public:
    static file_result<file_source> open(const std::filesystem::path& path) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error)) {
            return failed(file_errc::not_a_file, path.string() + " is not a regular file");
        }
        file_source result;
        result.size_ = std::filesystem::file_size(path, error);
        result.file_.open(path, std::ios::binary);
        if (error || !result.file_) return failed(file_errc::system, "opening " + path.string() + " failed");
        return result;
    }

    std::optional<file_error> read(std::span<std::byte> to) {
        file_.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
        if (file_) return std::nullopt;
        return file_error{file_errc::truncated, "sextant: the file ends too early"};
    }

    std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    std::ifstream file_;
    std::uint64_t size_ = 0;
};

/// As in file_posix.hpp, but it is left to the system when the bytes reach the disk.
class atomic_file {
public:
    static file_result<atomic_file> create(const std::filesystem::path& path) {
        std::error_code error;
        if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
            return failed(file_errc::not_a_file, path.string() + " is not a regular file");
        }
        static std::atomic<unsigned> number = 0;
        atomic_file result;
        result.path_ = path;
        const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
        result.temporary_ = temporary_path(path, std::to_string(now) + "-" + std::to_string(number.fetch_add(1)));
        result.file_.open(result.temporary_, std::ios::binary | std::ios::trunc);
        if (!result.file_) return failed(file_errc::system, "creating " + std::exchange(result.temporary_, {}).string() + " failed");
        return result;
    }

    atomic_file(atomic_file&& other) noexcept
        : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})), file_(std::move(other.file_)) {}
    atomic_file& operator=(atomic_file&&) = delete;
    ~atomic_file() {
        file_.close();
        std::error_code error;
        if (!temporary_.empty()) std::filesystem::remove(temporary_, error);
    }

    std::optional<file_error> write(std::span<const std::byte> bytes) {
        file_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        if (file_) return std::nullopt;
        return file_error{file_errc::system, "sextant: writing " + path_.string() + " failed"};
    }

    file_result<void> commit() {
        file_.close();
        std::error_code error;
        if (file_) std::filesystem::rename(temporary_, path_, error);
        if (!file_ || error) return failed(file_errc::system, "writing " + path_.string() + " failed");
        temporary_.clear();
        return {};
    }

private:
    atomic_file() = default;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    std::ofstream file_;
};

}  // namespace sextant::inline SEXTANT_ABI
