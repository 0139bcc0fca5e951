#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <istream>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "../core/file_error.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include "file_posix.hpp"
#else
#include "file_portable.hpp"
#endif

namespace sextant::inline SEXTANT_ABI {

/// Where the bytes of a file come from.
///   source.read(to)    fills `to` with the next bytes, or says why not
///   source.size()      how many bytes there are in all, where that is known
/// istream_source, memory_source; file_source in file_posix.hpp.
class istream_source {
public:
    explicit istream_source(std::istream& from) noexcept : from_(from) {}

    std::optional<file_error> read(std::span<std::byte> to) {
        from_.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
        if (from_) return std::nullopt;
        return from_.bad() ? file_error{file_errc::system, "sextant: reading the stream failed"}
                           : file_error{file_errc::truncated, "sextant: the stream ends too early"};
    }

    std::optional<std::uint64_t> size() const noexcept { return std::nullopt; }

private:
    std::istream& from_;
};

/// Bytes that lie in memory. Where they are wanted at the very place where they lie, as of a mapped file, they stay there.
class memory_source {
public:
    explicit memory_source(std::span<const std::byte> bytes) noexcept : left_(bytes), size_(bytes.size()) {}

    std::optional<file_error> read(std::span<std::byte> to) {
        if (to.size() > left_.size()) return file_error{file_errc::truncated, "sextant: the file ends too early"};
        if (!to.empty() && to.data() != left_.data()) std::memcpy(to.data(), left_.data(), to.size());
        left_ = left_.subspan(to.size());
        return std::nullopt;
    }

    /// Leaves out `count` bytes, which are there.
    void skip(std::size_t count) noexcept { left_ = left_.subspan(count); }

    std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    std::span<const std::byte> left_;
    std::uint64_t size_;
};

}  // namespace sextant::inline SEXTANT_ABI
