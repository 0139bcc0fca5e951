#pragma once

#include <cstddef>
#include <cstdint>

#include "error.hpp"

namespace sextant::inline SEXTANT_ABI {

/// How an index is built. `index({.dim = 128})` is enough.
struct index_options {
    /// Elements per vector (bits per vector for binary codes); 1 to 65,536 (1,048,576 bits).
    std::size_t dim = 0;
    /// Links per node on the upper levels, M in the HNSW paper; level 0 holds twice as many. 2 to 512; 8 to 48 is usual.
    std::size_t degree = 16;
    /// Candidates looked at while a vector is inserted; more gives a better graph and a slower build. 1 to 65,536.
    std::size_t ef_construction = 200;
    /// Fixes the levels that are drawn, and with them the graph that a bulk build makes.
    std::uint64_t seed = 0x5EC5'7A47;
};

/// What is out of range, in words, or null. `max_dim` depends on the codec.
inline const char* mistake_in(const index_options& options, std::size_t max_dim) noexcept {
    if (options.dim == 0) return "dim must not be 0";
    if (options.dim > max_dim) return "dim is larger than this codec stores";
    if (options.degree < 2 || options.degree > 512) return "degree must be 2 to 512";
    if (options.ef_construction < 1 || options.ef_construction > 65'536) return "ef_construction must be 1 to 65,536";
    return nullptr;
}

/// Throws errc::bad_option if a value is out of range.
inline void check(const index_options& options, std::size_t max_dim) {
    if (const char* const mistake = mistake_in(options, max_dim)) raise(errc::bad_option, mistake);
}

/// The same options, if they are in range. Throws errc::bad_option.
inline const index_options& checked(const index_options& options, std::size_t max_dim) {
    check(options, max_dim);
    return options;
}

}  // namespace sextant::inline SEXTANT_ABI
