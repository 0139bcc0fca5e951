#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What names a vector: a regular type (copies are equal, equality is an equivalence) whose hash agrees with its
/// equality. std::uint64_t by default; std::string works alike. std::hash knows no arrays of bytes: they need a Hash, and types
/// of a program's own a Hash or a specialisation of std::hash.
template <class Key, class Hash>
concept hashable_key = std::regular<Key> && requires(const Hash& hash, const Key& key) {
    { hash(key) } -> std::convertible_to<std::size_t>;
} && std::default_initializable<Hash> && std::copy_constructible<Hash>;

/// Decides by key alone whether a vector may be an answer; must give the same verdict throughout one search.
template <class F, class Key>
concept key_filter = std::predicate<F&, const Key&>;

/// What can be called but may be null: a pointer to a function or a member, a std::function.
template <class F>
concept nullable = std::is_constructible_v<F, std::nullptr_t> && requires(const F& f) {
    { f == nullptr } -> std::convertible_to<bool>;
};

}  // namespace sextant::inline SEXTANT_ABI
