#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "../core/error.hpp"
#include "../metric/cosine.hpp"
#include "../metric/inner_product.hpp"
#include "../metric/l2.hpp"
#include "../simd/packed.hpp"
#include "../simd/packed_dot.hpp"
#include "../simd/reduce.hpp"
#include "float_check.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors of 8-bit integers, std::uint8_t or std::int8_t, compared exactly: integer data such as SIFT descriptors or
/// pixels loses nothing. Floats are rounded to the nearest integer, ties to even, vectors and queries alike; what is then out
/// of range is refused.
///
/// A code holds bytes c = x − least(Integer), so that one kernel, unsigned codes against signed queries b = c − 128, serves
/// both types. Layout: [bytes, padded with zeros][squared norm][Σ c][reciprocal norm].
template <reducing_metric Metric, class Integer>
    requires std::same_as<Integer, std::uint8_t> || std::same_as<Integer, std::int8_t>
class integer_codec {
public:
    using element = float;
    using native = Integer;
    using metric_type = Metric;
    static constexpr std::size_t max_dim = 65'536;

    struct query {
        const std::int8_t* values;
        std::int64_t squared_norm;
        std::int64_t sum;  ///< Σ b
        float scale;
    };

    explicit integer_codec(std::size_t dim, Metric metric = {}) noexcept
        : dim_(dim), size_(simd::packed<8>::padded(dim)), metric_(metric) {}

    const Metric& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return dim_; }
    std::size_t length() const noexcept { return dim_; }
    std::size_t code_bytes() const noexcept { return size_ + sizeof(factors); }
    std::size_t query_bytes() const noexcept { return size_; }

    refusal refuses(std::span<const float> vector) const noexcept {
        bool only_zeros = true;
        for (const float value : vector) {
            if (!is_finite(value)) return {errc::not_finite, "a vector holds NaN or infinity"};
            const float rounded = std::nearbyint(value);
            if (rounded < least || rounded > most) {
                return {errc::out_of_range, "a value does not fit the 8-bit integers of this codec"};
            }
            only_zeros = only_zeros && rounded == 0.0f;
        }
        if (Metric::scales && only_zeros) return {errc::zero_vector, "a vector of zeros has no direction to compare"};
        return {};
    }

    void encode(std::span<const float> vector, std::byte* code) const noexcept {
        factors f{0, 0, 1.0f};
        for (std::size_t i = 0; i < dim_; ++i) {
            const int value = static_cast<int>(std::nearbyint(vector[i]));
            const int biased = value - std::numeric_limits<Integer>::min();
            code[i] = static_cast<std::byte>(biased);
            f.squared_norm += static_cast<std::uint32_t>(value * value);
            f.sum += static_cast<std::uint32_t>(biased);
        }
        std::memset(code + dim_, 0, size_ - dim_);
        if constexpr (Metric::scales) f.scale = 1.0f / std::sqrt(static_cast<float>(f.squared_norm));
        std::memcpy(code + size_, &f, sizeof(f));
    }

    void decode(const std::byte* code, std::span<float> vector) const noexcept {
        for (std::size_t i = 0; i < dim_; ++i) {
            vector[i] = static_cast<float>(static_cast<int>(code[i]) + std::numeric_limits<Integer>::min());
        }
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const noexcept {
        std::int64_t squares = 0;
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < dim_; ++i) {
            const int value = static_cast<int>(std::nearbyint(vector[i]));
            const int centred = value - std::numeric_limits<Integer>::min() - 128;
            bytes[i] = static_cast<std::byte>(centred);
            squares += value * value;
            sum += centred;
        }
        std::memset(bytes + dim_, 0, size_ - dim_);
        return {reinterpret_cast<const std::int8_t*>(bytes), squares, sum,
                Metric::scales ? 1.0f / std::sqrt(static_cast<float>(squares)) : 1.0f};
    }

    query prepare_stored(const std::byte* code, std::byte* bytes) const noexcept {
        for (std::size_t i = 0; i < dim_; ++i) bytes[i] = code[i] ^ std::byte{128};
        std::memset(bytes + dim_, 0, size_ - dim_);
        const factors f = read(code);
        return {reinterpret_cast<const std::int8_t*>(bytes), f.squared_norm,
                static_cast<std::int64_t>(f.sum) - 128 * static_cast<std::int64_t>(dim_), f.scale};
    }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        std::array<std::int32_t, simd::kernel_rows> dots;
        simd::dot_packed<8>(q.values, codes, n, size_, dots.data());
        for (std::size_t i = 0; i < n; ++i) {
            const factors f = read(codes[i]);
            // Σ b·c brought back to Σ x·y: what the bias of 128 added is known from one side's sum.
            const std::int64_t bias = std::same_as<Integer, std::uint8_t> ? static_cast<std::int64_t>(f.sum) : -q.sum;
            const std::int64_t product = dots[i] + 128 * bias;
            if constexpr (std::same_as<Metric, l2>) {
                out[i] = static_cast<float>(q.squared_norm + static_cast<std::int64_t>(f.squared_norm) - 2 * product);
            } else {
                out[i] = Metric::distance(static_cast<float>(product), q.scale, f.scale);
            }
        }
    }

    /// The sums beside the bytes must be theirs.
    bool valid_code(const std::byte* code) const noexcept {
        std::uint32_t squares = 0;
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < dim_; ++i) {
            const int value = static_cast<int>(code[i]) + std::numeric_limits<Integer>::min();
            squares += static_cast<std::uint32_t>(value * value);
            sum += static_cast<std::uint32_t>(code[i]);
        }
        const factors f = read(code);
        const bool scaled = Metric::scales ? is_plausible<Metric>(static_cast<float>(squares), f.scale) : f.scale == 1.0f;
        return f.squared_norm == squares && f.sum == sum && scaled &&
               std::all_of(code + dim_, code + size_, [](std::byte byte) { return byte == std::byte{0}; });
    }

private:
    static constexpr float least = std::numeric_limits<Integer>::min();
    static constexpr float most = std::numeric_limits<Integer>::max();

    struct factors {
        std::uint32_t squared_norm;  ///< at most 255² · 65,536, which is below 2^32
        std::uint32_t sum;
        float scale;
    };

    SEXTANT_INLINE factors read(const std::byte* code) const noexcept {
        factors f;
        std::memcpy(&f, code + size_, sizeof(f));
        return f;
    }

    std::size_t dim_;
    std::size_t size_;
    [[no_unique_address]] Metric metric_;
};

}  // namespace sextant::inline SEXTANT_ABI
