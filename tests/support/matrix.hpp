#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace support {

/// Rows of equal length, one after the other.
template <class T>
struct matrix {
    std::size_t rows = 0;
    std::size_t dim = 0;
    std::vector<T> values;

    std::span<const T> operator[](std::size_t row) const { return {values.data() + row * dim, dim}; }
};

}  // namespace support
