#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What was wrong with a call.
enum class errc {
    bad_option,          ///< an option outside its range (dim, degree, ef_construction, thread count; tune()'s recall, k, samples)
    dimension_mismatch,  ///< a vector, or a matrix, whose length is not the index's dimension
    not_finite,          ///< NaN, infinity, or values so large that a distance would overflow or f16 has no room for them
    out_of_range,        ///< a value that the codec has no room for
    not_empty,           ///< a sample has to come before the first vector
    zero_vector,         ///< no direction to compare under cosine: norm zero, or below 1e-15
    count_mismatch,      ///< as many keys as vectors are needed
    too_many,            ///< more than 2^31 - 1 vectors
    read_only,           ///< a mapped file cannot be changed: load() it instead
};

/// Why something is not taken, or nothing: it converts to true if there is a reason.
struct refusal {
    errc code{};
    const char* what = nullptr;  ///< a literal

    explicit operator bool() const noexcept { return what != nullptr; }
};

/// What misuse throws. The index is unchanged when it is thrown.
class error : public std::invalid_argument {
public:
    error(errc code, const std::string& what) : std::invalid_argument(what), code_(code) {}

    errc code() const noexcept { return code_; }

private:
    errc code_;
};

/// Throws cold, so that callers pay one untaken branch.
[[noreturn]] SEXTANT_COLD inline void raise(errc code, const char* what) {
    SEXTANT_THROW(error(code, std::string("sextant: ") + what));
}

[[noreturn]] SEXTANT_COLD inline void raise_dimension(std::size_t expected, std::size_t got) {
    SEXTANT_THROW(error(errc::dimension_mismatch, "sextant: expected a vector of " + std::to_string(expected) +
                                                      " elements, got " + std::to_string(got)));
}

}  // namespace sextant::inline SEXTANT_ABI
