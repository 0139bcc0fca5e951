#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
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

/// Thrown by value() where there is none, with the error's message.
class bad_expected_access : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class E>
[[noreturn]] SEXTANT_COLD void raise_no_value(const E& error) {
    if constexpr (requires { std::string(error.message); }) {
        SEXTANT_THROW(bad_expected_access(std::string(error.message)));
    } else {
        SEXTANT_THROW(bad_expected_access("sextant: an error in the place of a value"));
    }
}

/// A value, or the error that kept it from being made: the part of C++23's std::expected that the library needs, for
/// programs with and without exceptions. value() throws bad_expected_access where there is an error. With * and -> that is
/// a mistake of the program, as is asking for the error where there is a value: SEXTANT_ASSERT alone checks those.
template <class T, class E>
class [[nodiscard]] expected {
public:
    using value_type = T;
    using error_type = E;

    constexpr expected(T value) : held_(std::in_place_index<0>, std::move(value)) {}                    // NOLINT: implicit
    constexpr expected(unexpected<E> error) : held_(std::in_place_index<1>, std::move(error).take()) {}  // NOLINT: implicit

    constexpr bool has_value() const noexcept { return held_.index() == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    constexpr T& value() & {
        if (!has_value()) raise_no_value(error());
        return **this;
    }
    constexpr const T& value() const& {
        if (!has_value()) raise_no_value(error());
        return **this;
    }
    constexpr T&& value() && { return std::move(value()); }

    constexpr T& operator*() & noexcept { return *checked(std::get_if<0>(&held_)); }
    constexpr const T& operator*() const& noexcept { return *checked(std::get_if<0>(&held_)); }
    constexpr T&& operator*() && noexcept { return std::move(**this); }
    constexpr T* operator->() noexcept { return std::addressof(**this); }
    constexpr const T* operator->() const noexcept { return std::addressof(**this); }

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

    constexpr void value() const {
        if (error_) raise_no_value(*error_);
    }

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
