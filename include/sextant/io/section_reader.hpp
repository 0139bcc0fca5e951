#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../core/bytes.hpp"
#include "../core/checksum.hpp"
#include "../core/file_error.hpp"
#include "format.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Reads sections in their order, and their checksums. All functions return false after an error, which is kept: the first
/// one, but a wrong checksum of a section explains whatever else was found wrong with it.
template <class Source>
class section_reader {
public:
    /// Nothing is read, or room made for it, in pieces larger than this, so that a file that promises more than it holds gets
    /// no more memory than a small multiple of what it holds.
    static constexpr std::size_t piece = std::size_t{256} << 10;

    explicit section_reader(Source& source) noexcept : source_(source) {}

    /// Header and table.
    bool front(file_format::layout& where) {
        if (source_.size() && *source_.size() < file_format::front_bytes) {
            return fail(file_errc::truncated, "the file ends too early");
        }
        std::array<std::byte, file_format::front_bytes> bytes{};
        if (!raw(bytes)) return false;
        auto read = file_format::read_front(bytes);
        if (!read) return fail(std::move(read).error());
        where = *read;
        if (!source_.size() || *source_.size() == where.file_bytes) return true;
        return *source_.size() < where.file_bytes ? fail(file_errc::truncated, "the file ends too early")
                                                  : fail(file_errc::corrupt, "the file goes on after its end");
    }

    bool begin(const file_format::extent& where) {
        std::array<std::byte, file_format::alignment> padding{};
        const auto count = static_cast<std::size_t>(where.offset - position_);
        if (!raw({padding.data(), count})) return false;
        sum_ = {};
        wrong_ = nullptr;
        return std::all_of(padding.begin(), padding.begin() + static_cast<std::ptrdiff_t>(count),
                           [](std::byte byte) { return byte == std::byte{0}; }) ||
               fail(file_errc::corrupt, "there is something between the file's sections");
    }

    void skip_to(const file_format::extent& where) {
        source_.skip(static_cast<std::size_t>(where.offset - position_));
        position_ = where.offset;
    }

    bool read(std::span<std::byte> to) {
        if (!raw(to)) return false;
        sum_.update(reinterpret_cast<const unsigned char*>(to.data()), to.size());
        return true;
    }

    /// Notes that the section says something impossible, unless it is null.
    void note(const char* wrong) noexcept {
        if (wrong_ == nullptr) wrong_ = wrong;
    }
    bool in_order() const noexcept { return wrong_ == nullptr; }

    bool end() {
        std::array<std::byte, file_format::checksum_bytes> bytes{};
        if (!raw(bytes)) return false;
        if (byte_reader(bytes).get<std::uint32_t>() != sum_.value()) {
            return fail(file_errc::checksum, "the file is damaged: a checksum is wrong");
        }
        return wrong_ == nullptr || fail(file_errc::corrupt, std::string("the file contradicts itself: ") + wrong_);
    }

    /// A section that is not large.
    bool whole(const file_format::extent& where, std::vector<std::byte>& bytes) {
        bytes.clear();
        if (!begin(where)) return false;
        for (std::uint64_t left = where.size; left > 0;) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece));
            bytes.resize(bytes.size() + count);
            if (!read(std::span(bytes).last(count))) return false;
            left -= count;
        }
        return end();
    }

    bool fail(file_error error) {
        if (!error_) error_ = std::move(error);
        return false;
    }
    bool fail(file_errc code, const std::string& message) { return fail(failed(code, message).take()); }

    const std::optional<file_error>& error() const noexcept { return error_; }

private:
    bool raw(std::span<std::byte> to) {
        if (error_) return false;
        if (auto error = source_.read(to)) return fail(*std::move(error));
        position_ += to.size();
        return true;
    }

    Source& source_;
    std::uint64_t position_ = 0;
    crc32c sum_;
    const char* wrong_ = nullptr;
    std::optional<file_error> error_;
};

}  // namespace sextant::inline SEXTANT_ABI
