#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace support {

/// A key a program might bring: sixteen bytes with a hash of their own, and not zeros unless somebody says so.
struct uuid {
    std::array<std::uint8_t, 16> bytes{0xFF, 0xFF};

    friend auto operator<=>(const uuid&, const uuid&) = default;
    friend std::ostream& operator<<(std::ostream& out, const uuid& id) {
        for (const std::uint8_t byte : id.bytes) out << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
        return out;
    }
};

struct uuid_hash {
    std::size_t operator()(const uuid& id) const noexcept {
        std::size_t low = 0;
        std::memcpy(&low, id.bytes.data(), sizeof(low));
        return low;
    }
};

/// A hash that tells no two keys apart.
struct constant_hash {
    template <class Key>
    std::size_t operator()(const Key&) const noexcept {
        return 42;
    }
};

/// A key whose copying fails when a test says so, and that counts how many of it there are.
class fragile_key {
public:
    static inline std::atomic<std::int64_t> living = 0;
    static inline std::atomic<std::int64_t> copies_left = INT64_MAX;  ///< how many more copies succeed

    std::uint64_t value = 0;

    fragile_key() noexcept { ++living; }
    fragile_key(std::uint64_t number) noexcept : value(number) { ++living; }
    fragile_key(const fragile_key& other) : value(other.value) {
        count_copy();
        ++living;
    }
    fragile_key& operator=(const fragile_key& other) {
        count_copy();
        value = other.value;
        return *this;
    }
    ~fragile_key() { --living; }

    friend bool operator==(const fragile_key& a, const fragile_key& b) noexcept { return a.value == b.value; }

private:
    static void count_copy() {
        if (copies_left-- <= 0) throw std::runtime_error("a key that cannot be copied");
    }
};

struct fragile_hash {
    std::size_t operator()(const fragile_key& key) const noexcept { return key.value; }
};

/// While it lives, the next `copies` copies of fragile keys succeed and all later ones throw.
class copy_limit {
public:
    explicit copy_limit(std::int64_t copies) noexcept { fragile_key::copies_left = copies; }
    copy_limit(const copy_limit&) = delete;
    copy_limit& operator=(const copy_limit&) = delete;
    ~copy_limit() { fragile_key::copies_left = INT64_MAX; }
};

/// The key that a test calls number `n`; different numbers, different keys.
template <class Key>
Key key_of(std::uint64_t n) {
    if constexpr (std::is_same_v<Key, std::string>) {
        // Long enough that copying one allocates.
        return "the key with number " + std::to_string(n);
    } else if constexpr (std::is_same_v<Key, uuid>) {
        uuid id;
        const std::uint64_t halves[2] = {n * 0x9E37'79B9'7F4A'7C15u, n};
        std::memcpy(id.bytes.data(), halves, sizeof(halves));
        return id;
    } else {
        return static_cast<Key>(n);
    }
}

}  // namespace support
