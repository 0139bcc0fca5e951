#pragma once

#include <cstddef>
#include <iterator>
#include <ranges>
#include <span>
#include <type_traits>

#include "error.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A read-only row-major view of `rows()` vectors of `dim()` elements each, without gaps. Does not own its data.
template <class T>
class matrix_view {
public:
    constexpr matrix_view() noexcept = default;
    constexpr matrix_view(const T* data, std::size_t rows, std::size_t dim) noexcept
        : data_(data), rows_(rows), dim_(dim) {}

    constexpr std::size_t rows() const noexcept { return rows_; }
    constexpr std::size_t dim() const noexcept { return dim_; }
    constexpr const T* data() const noexcept { return data_; }
    constexpr std::span<const T> operator[](std::size_t row) const noexcept {
        return {data_ + row * dim_, dim_};
    }

private:
    const T* data_ = nullptr;
    std::size_t rows_ = 0;
    std::size_t dim_ = 0;
};

/// Views contiguous numbers as rows of `dim`, for as long as they live: keep no view of a temporary. Throws errc::dimension_mismatch if the last row would be short.
template <std::ranges::contiguous_range Range>
auto rows(const Range& values, std::size_t dim) {
    const std::size_t count = std::ranges::size(values);
    if (dim == 0 || count % dim != 0) raise(errc::dimension_mismatch, "rows(): values do not fill whole rows");
    return matrix_view<std::ranges::range_value_t<Range>>(std::ranges::data(values), count / dim, dim);
}

/// Views `count` rows of `dim` values that start at `data`.
template <class T>
constexpr matrix_view<std::remove_const_t<T>> rows(T* data, std::size_t count, std::size_t dim) noexcept {
    return {data, count, dim};
}

}  // namespace sextant::inline SEXTANT_ABI
