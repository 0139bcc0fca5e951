#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>

#include "../core/file_error.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A file as read-only memory, shared with all other processes that map it. Pages are read when they are first touched.
/// A file that somebody shortens meanwhile ends the program (SIGBUS) when a missing page is touched.
class mapped_file {
public:
    mapped_file() noexcept = default;
    mapped_file(mapped_file&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    mapped_file& operator=(mapped_file&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~mapped_file() {
        if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }

    static file_result<mapped_file> open(const std::filesystem::path& path) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);  // refuses a pipe, not waits for it
        if (file < 0) return system_failed("opening " + path.string(), errno);
        file_result<mapped_file> mapped = map(file, path);
        ::close(file);  // the mapping stays
        return mapped;
    }

    std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    static file_result<mapped_file> map(int file, const std::filesystem::path& path) {
        struct ::stat about{};
        if (::fstat(file, &about) != 0) return system_failed("looking at " + path.string(), errno);
        if (!S_ISREG(about.st_mode)) return failed(file_errc::not_a_file, path.string() + " is not a regular file");
        mapped_file result;
        if (about.st_size == 0) return result;
        if (static_cast<std::uintmax_t>(about.st_size) > std::numeric_limits<std::size_t>::max()) {
            return system_failed("mapping " + path.string(), EFBIG);
        }
        const auto size = static_cast<std::size_t>(about.st_size);
        void* const first = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
        if (first == MAP_FAILED) return system_failed("mapping " + path.string(), errno);
        result.bytes_ = {static_cast<const std::byte*>(first), size};
        return result;
    }

    std::span<const std::byte> bytes_;
};

}  // namespace sextant::inline SEXTANT_ABI
