#pragma once

#include <concepts>
#include <string>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A type that says what it is called, in words that stay the same in every program and version: `static std::string name()`.
/// Files name metrics and codecs by it.
template <class T>
concept named = requires {
    { T::name() } -> std::convertible_to<std::string>;
};

}  // namespace sextant::inline SEXTANT_ABI
