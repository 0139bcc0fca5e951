#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Numbers as bytes, least significant first, whatever the machine.
class byte_writer {
public:
    template <std::unsigned_integral T>
    void put(T value) {
        for (std::size_t i = 0; i < sizeof(T); ++i) bytes_.push_back(static_cast<std::byte>((std::uint64_t{value} >> (8 * i)) & 0xFF));
    }
    void put(float value) { put(std::bit_cast<std::uint32_t>(value)); }
    void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }

    /// Its length in 32 bits, then its characters.
    void put(std::string_view text) {
        put(static_cast<std::uint32_t>(text.size()));
        for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    }

    std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

/// Reads back what a byte_writer wrote, or what somebody claims it did: reading beyond the end gives zeros, and is
/// remembered.
class byte_reader {
public:
    explicit byte_reader(std::span<const std::byte> bytes) noexcept : left_(bytes) {}

    template <std::unsigned_integral T>
    T get() noexcept {
        if (!take(sizeof(T))) return 0;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{std::to_integer<std::uint8_t>(taken_[i])} << (8 * i);
        return static_cast<T>(value);
    }
    float get_float() noexcept { return std::bit_cast<float>(get<std::uint32_t>()); }
    double get_double() noexcept { return std::bit_cast<double>(get<std::uint64_t>()); }

    std::string get_text() {
        const std::size_t length = get<std::uint32_t>();
        if (!take(length)) return {};
        std::string text(length, '\0');
        if (length != 0) std::memcpy(text.data(), taken_.data(), length);
        return text;
    }

    /// How many bytes are left.
    std::size_t left() const noexcept { return left_.size(); }

    /// Nothing was missing.
    bool ok() const noexcept { return ok_; }
    /// Nothing was missing and nothing is left.
    bool finished() const noexcept { return ok_ && left_.empty(); }

private:
    bool take(std::size_t count) noexcept {
        ok_ = ok_ && count <= left_.size();
        if (!ok_) return false;
        taken_ = left_.first(count);
        left_ = left_.subspan(count);
        return true;
    }

    std::span<const std::byte> left_;
    std::span<const std::byte> taken_;
    bool ok_ = true;
};

}  // namespace sextant::inline SEXTANT_ABI
