#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// An error on its way into an expected.
template <class E>
class unexpected {
public:
    constexpr explicit unexpected(E error) noexcept(std::is_nothrow_move_constructible_v<E>) : error_(std::move(error)) {}

    constexpr E take() && noexcept(std::is_nothrow_move_constructible_v<E>) { return std::move(error_); }

private:
    E error_;
};

/// A value, or the error that kept it from being made: the part of C++23's std::expected that the library needs, for
/// programs with and without exceptions. Asking for the value where there is an error is a mistake of the program, as is
/// asking for the error where there is a value: both are checked by SEXTANT_ASSERT alone.
template <class T, class E>
class [[nodiscard]] expected {
public:
    using value_type = T;
    using error_type = E;

    constexpr expected(T value) : held_(std::in_place_index<0>, std::move(value)) {}                    // NOLINT: implicit
    constexpr expected(unexpected<E> error) : held_(std::in_place_index<1>, std::move(error).take()) {}  // NOLINT: implicit

    constexpr bool has_value() const noexcept { return held_.index() == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    constexpr T& value() & noexcept { return *checked(std::get_if<0>(&held_)); }
    constexpr const T& value() const& noexcept { return *checked(std::get_if<0>(&held_)); }
    constexpr T&& value() && noexcept { return std::move(value()); }

    constexpr T& operator*() & noexcept { return value(); }
    constexpr const T& operator*() const& noexcept { return value(); }
    constexpr T&& operator*() && noexcept { return std::move(value()); }
    constexpr T* operator->() noexcept { return std::addressof(value()); }
    constexpr const T* operator->() const noexcept { return std::addressof(value()); }

    constexpr const E& error() const& noexcept { return *checked(std::get_if<1>(&held_)); }
    constexpr E&& error() && noexcept { return std::move(*checked(std::get_if<1>(&held_))); }

private:
    template <class P>
    static constexpr P* checked(P* held) noexcept {
        SEXTANT_ASSERT(held != nullptr);
        return held;
    }

    std::variant<T, E> held_;
};

/// Nothing, or the error that kept something from being done.
template <class E>
class [[nodiscard]] expected<void, E> {
public:
    using value_type = void;
    using error_type = E;

    constexpr expected() noexcept = default;
    constexpr expected(unexpected<E> error) : error_(std::move(error).take()) {}  // NOLINT: implicit

    constexpr bool has_value() const noexcept { return !error_.has_value(); }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    constexpr const E& error() const& noexcept {
        SEXTANT_ASSERT(error_.has_value());
        return *error_;
    }
    constexpr E&& error() && noexcept {
        SEXTANT_ASSERT(error_.has_value());
        return std::move(*error_);
    }

private:
    std::optional<E> error_;
};

}  // namespace sextant::inline SEXTANT_ABI
