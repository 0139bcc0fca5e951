#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <utility>

#include "../core/checksum.hpp"
#include "../core/file_error.hpp"
#include "format.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Where the bytes of a file go: sink.write(bytes) writes them all or says why not. atomic_file is one, this another.
class ostream_sink {
public:
    explicit ostream_sink(std::ostream& to) noexcept : to_(to) {}

    std::optional<file_error> write(std::span<const std::byte> bytes) {
        to_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        if (to_) return std::nullopt;
        return file_error{file_errc::system, "sextant: writing to the stream failed"};
    }

    std::optional<file_error> flush() {
        to_.flush();
        if (to_) return std::nullopt;
        return file_error{file_errc::system, "sextant: writing to the stream failed"};
    }

private:
    std::ostream& to_;
};

/// Writes sections, each with its checksum and its padding, in large pieces. After an error it writes nothing more and
/// remembers it.
template <class Sink>
class section_writer {
public:
    /// Throws std::bad_alloc.
    explicit section_writer(Sink& sink) : sink_(sink), buffer_(std::make_unique<std::byte[]>(capacity)) {}

    void raw(std::span<const std::byte> bytes) {
        append(bytes);
        flush();
    }

    void begin(const file_format::extent& where) {
        if (error_) return;  // the section before may have been cut short, and what is between them longer than the padding
        static constexpr std::array<std::byte, file_format::alignment> zeros{};
        append({zeros.data(), static_cast<std::size_t>(where.offset - written_ - used_)});
        flush();
        sum_ = {};
    }

    /// Room for `bytes` bytes, at most `most`, that belong to the section; what is there already is arbitrary.
    std::byte* room(std::size_t bytes) {
        SEXTANT_ASSERT(bytes <= most);
        if (used_ + bytes > capacity) flush();
        std::byte* const at = buffer_.get() + used_;
        used_ += bytes;
        return at;
    }

    void append(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const std::size_t count = std::min(bytes.size(), most);
            std::memcpy(room(count), bytes.data(), count);
            bytes = bytes.subspan(count);
        }
    }

    void end() {
        flush();
        byte_writer out;
        out.put(sum_.value());
        append(out.bytes());
        flush();
    }

    const std::optional<file_error>& error() const noexcept { return error_; }

    static constexpr std::size_t capacity = std::size_t{1} << 20;
    static constexpr std::size_t most = capacity / 2;

private:
    void flush() {
        const std::span<const std::byte> bytes(buffer_.get(), used_);
        sum_.update(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        if (!error_) error_ = sink_.write(bytes);
        written_ += used_;
        used_ = 0;
    }

    Sink& sink_;
    std::unique_ptr<std::byte[]> buffer_;
    std::size_t used_ = 0;
    std::uint64_t written_ = 0;
    crc32c sum_;
    std::optional<file_error> error_;
};

}  // namespace sextant::inline SEXTANT_ABI
