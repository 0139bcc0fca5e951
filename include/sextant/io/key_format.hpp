#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Says of a key type of a program's own that it is its bytes: trivially copyable, without padding, and every pattern of
/// them is a value. Files then hold such keys as they are; specialise it to true.
///     template <> inline constexpr bool sextant::key_is_bytes<uuid> = true;
template <class Key>
inline constexpr bool key_is_bytes = false;

template <class T, std::size_t N>
    requires(std::same_as<T, std::byte> || (std::integral<T> && sizeof(T) == 1 && !std::same_as<T, bool>))
inline constexpr bool key_is_bytes<std::array<T, N>> = true;

/// How keys of a type are kept in a file.
enum class key_kind : std::uint32_t { unsigned_integer = 1, signed_integer = 2, bytes = 3, text = 4 };

struct key_format {
    key_kind kind;
    std::uint32_t size;  ///< bytes of one key, 0 for text

    friend bool operator==(const key_format&, const key_format&) = default;
};

/// Keys that files can hold: integers, std::string, arrays of bytes and what key_is_bytes names.
template <class Key>
concept storable_key = (std::integral<Key> && !std::same_as<Key, bool>) || std::same_as<Key, std::string> ||
                       (key_is_bytes<Key> && std::is_trivially_copyable_v<Key> && std::has_unique_object_representations_v<Key>);

template <storable_key Key>
constexpr key_format key_format_of() noexcept {
    if constexpr (std::same_as<Key, std::string>) {
        return {key_kind::text, 0};
    } else if constexpr (std::integral<Key>) {
        return {std::signed_integral<Key> ? key_kind::signed_integer : key_kind::unsigned_integer, sizeof(Key)};
    } else {
        return {key_kind::bytes, sizeof(Key)};
    }
}

inline std::string name_of(const key_format& format) {
    const std::string size = std::to_string(format.size);
    switch (format.kind) {
        case key_kind::unsigned_integer: return "unsigned integers of " + size + " bytes";
        case key_kind::signed_integer: return "signed integers of " + size + " bytes";
        case key_kind::bytes: return size + " bytes";
        case key_kind::text: return "strings";
    }
    return "of kind " + std::to_string(static_cast<std::uint32_t>(format.kind));
}

}  // namespace sextant::inline SEXTANT_ABI
