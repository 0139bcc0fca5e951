#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace support {

/// A sum in double precision, and the sum of its terms' magnitudes, which bounds the rounding error of any
/// float sum.
struct reference_sum {
    double value = 0.0;
    double magnitude = 0.0;
    std::size_t terms = 0;

    void add(double term) {
        value += term;
        magnitude += std::abs(term);
        ++terms;
    }

    /// How far a sum in floats may be off: each term is rounded a few times and then takes part in at most
    /// `terms` additions, each of which errs by half an epsilon (Higham, Accuracy and Stability of Numerical
    /// Algorithms, 4.2).
    double tolerance() const {
        const double eps = std::numeric_limits<float>::epsilon();
        return (static_cast<double>(terms) / 2 + 2) * eps * magnitude +
               static_cast<double>(terms) * std::numeric_limits<float>::denorm_min();
    }
};

inline reference_sum squared_difference(std::span<const float> a, std::span<const float> b) {
    reference_sum sum;
    for (std::size_t i = 0; i < a.size(); ++i) sum.add((double{a[i]} - b[i]) * (double{a[i]} - b[i]));
    return sum;
}

inline reference_sum product(std::span<const float> a, std::span<const float> b) {
    reference_sum sum;
    for (std::size_t i = 0; i < a.size(); ++i) sum.add(double{a[i]} * b[i]);
    return sum;
}

/// The number of different bits among the first `bits`, one by one.
inline std::uint32_t differing_bits(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                                    std::size_t bits) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < bits; ++i) count += ((a[i / 8] ^ b[i / 8]) >> (i % 8)) & 1u;
    return count;
}

}  // namespace support
