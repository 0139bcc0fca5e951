#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/random_values.hpp"
#include "support/sanitizers.hpp"

/// Packed codes of every width.
namespace simd_test {

/// Calls f.operator()<Bits>() for 1 to 8 bits; under a sanitizer, which takes a minute to compile each, for two widths that
/// together have every plane.
template <class F>
void for_each_width(F&& f) {
    if constexpr (!support::sanitized) {
        f.template operator()<1>();
        f.template operator()<2>();
        f.template operator()<3>();
        f.template operator()<4>();
        f.template operator()<5>();
        f.template operator()<6>();
    }
    f.template operator()<7>();
    f.template operator()<8>();
}

inline std::vector<std::size_t> packed_dims() {
    std::vector<std::size_t> dims;
    for (std::size_t dim = 1; dim <= 300; ++dim) dims.push_back(dim);
    for (const std::size_t dim : {511u, 512u, 513u, 640u, 768u, 784u, 960u, 1536u, 4097u})
        dims.push_back(dim);
    return dims;
}

template <unsigned Bits>
std::vector<std::uint8_t> random_codes(std::size_t dim, std::uint64_t seed) {
    auto values = support::random_bytes(dim, seed);
    for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(value >> (8 - Bits));
    return values;
}

}  // namespace simd_test
