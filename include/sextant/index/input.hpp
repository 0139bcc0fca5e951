#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "../codec/codec.hpp"
#include "../core/matrix_view.hpp"
#include "../parallel/lease.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The type a codec stores, where a caller's vector may be made of it as well as of C::element: half for f16, std::uint8_t for
/// u8. C::element where there is no other.
template <class C>
struct native_of {
    using type = typename C::element;
};

template <class C>
    requires requires { typename C::native; }
struct native_of<C> {
    using type = typename C::native;
};

template <class C>
using native_of_t = typename native_of<C>::type;

/// A caller's vector: anything contiguous of Element or of Native, a pointer and a length, or numbers in braces. Not copied.
template <class Element, class Native>
class vector_input {
public:
    template <class Vector>
        requires std::convertible_to<Vector&&, std::span<const Element>>
    constexpr vector_input(Vector&& vector) noexcept  // NOLINT: implicit by design
        : elements_(std::forward<Vector>(vector)) {}

    template <class Vector>
        requires(!std::same_as<Element, Native>) && std::convertible_to<Vector&&, std::span<const Native>>
    constexpr vector_input(Vector&& vector) noexcept  // NOLINT: implicit by design
        : native_(std::forward<Vector>(vector)), is_native_(true) {}

    /// {pointer, length}. A template, or {0, 2} would be a null pointer instead of two numbers.
    template <std::same_as<Element> Pointee, std::convertible_to<std::ptrdiff_t> Length>
    constexpr vector_input(const Pointee* data, Length length) noexcept : elements_(data, not_negative(static_cast<std::ptrdiff_t>(length))) {}
    template <std::same_as<Native> Pointee, std::convertible_to<std::ptrdiff_t> Length>
        requires(!std::same_as<Element, Native>)
    constexpr vector_input(const Pointee* data, Length length) noexcept : native_(data, not_negative(static_cast<std::ptrdiff_t>(length))), is_native_(true) {}

    /// {0.5f, 1.5f}, for the length of the call it is written in.
    constexpr vector_input(std::initializer_list<Element> values) noexcept : elements_(values) {}

    bool is_native() const noexcept { return is_native_; }
    std::span<const Element> elements() const noexcept { return elements_; }
    std::span<const Native> native() const noexcept { return native_; }

private:
    /// Any other length than the index's dimension is refused; one that is negative as none.
    static constexpr std::size_t not_negative(std::ptrdiff_t length) noexcept {
        return length < 0 ? 0 : static_cast<std::size_t>(length);
    }

    std::span<const Element> elements_ = {};
    std::span<const Native> native_ = {};
    bool is_native_ = false;
};

/// Room for a vector that has to be converted; leased.
template <class Element>
struct input_work {
    std::vector<Element> room;
    std::size_t bytes() const noexcept { return room.capacity() * sizeof(Element); }
};

/// A caller's vector as elements, for the length of a call. Throws std::bad_alloc.
template <class Element>
class as_elements {
public:
    template <class Native>
    explicit as_elements(const vector_input<Element, Native>& input) : vector_(input.elements()) {
        if (!input.is_native()) return;
        std::vector<Element>& room = work_.emplace()->room;
        room.resize(input.native().size());
        for (std::size_t i = 0; i < room.size(); ++i) room[i] = static_cast<Element>(input.native()[i]);
        vector_ = room;
    }

    operator std::span<const Element>() const noexcept { return vector_; }  // NOLINT: implicit by design

private:
    std::optional<lease<input_work<Element>>> work_;
    std::span<const Element> vector_;
};

/// A caller's rows, of Element or of Native.
template <class Element, class Native>
class matrix_input {
public:
    constexpr matrix_input() noexcept = default;  // no rows, for calls that say {}
    constexpr matrix_input(matrix_view<Element> rows) noexcept : elements_(rows) {}  // NOLINT: implicit by design
    constexpr matrix_input(matrix_view<Native> rows) noexcept                        // NOLINT: implicit by design
        requires(!std::same_as<Element, Native>)
        : native_(rows), is_native_(true) {}

    constexpr std::size_t rows() const noexcept { return is_native_ ? native_.rows() : elements_.rows(); }
    constexpr std::size_t dim() const noexcept { return is_native_ ? native_.dim() : elements_.dim(); }

    constexpr vector_input<Element, Native> operator[](std::size_t row) const noexcept {
        if constexpr (!std::same_as<Element, Native>) {
            if (is_native_) return native_[row];
        }
        return elements_[row];
    }

private:
    matrix_view<Element> elements_ = {};
    matrix_view<Native> native_ = {};
    bool is_native_ = false;
};

/// Copies of up to `most` of `count` vectors, evenly spread, because the data may be sorted. vector(i) gives the i-th, as a span
/// or what becomes one.
template <class Element, class Vector>
std::vector<Element> spread_sample(std::size_t count, Vector&& vector, std::size_t most = 1024) {
    const std::size_t wanted = std::min(count, most);
    std::vector<Element> sample;
    for (std::size_t i = 0; i < wanted; ++i) {
        const auto& one = vector(i * count / wanted);
        const std::span<const Element> values = one;
        if (i == 0) sample.reserve(wanted * values.size());
        sample.insert(sample.end(), values.begin(), values.end());
    }
    return sample;
}

template <class Element, class Native>
std::vector<Element> spread_sample(const matrix_input<Element, Native>& rows) {
    return spread_sample<Element>(rows.rows(), [&](std::size_t row) { return as_elements<Element>(rows[row]); });
}

}  // namespace sextant::inline SEXTANT_ABI
