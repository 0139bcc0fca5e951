#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bench {

/// Rows of `dim` values each, row-major and contiguous.
template <class T>
struct matrix {
    std::size_t dim = 0;
    std::vector<T> values;

    [[nodiscard]] std::size_t rows() const { return dim == 0 ? 0 : values.size() / dim; }
    [[nodiscard]] std::span<const T> operator[](std::size_t row) const {
        return {values.data() + row * dim, dim};
    }
    [[nodiscard]] std::span<T> operator[](std::size_t row) { return {values.data() + row * dim, dim}; }
};

using float_matrix = matrix<float>;
using id_matrix = matrix<std::uint32_t>; ///< per query, row ids of the base, nearest first

} // namespace bench
