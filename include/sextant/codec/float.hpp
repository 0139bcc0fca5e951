#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>

#include "../core/error.hpp"
#include "../core/half.hpp"
#include "../core/types.hpp"
#include "../metric/metric.hpp"
#include "../simd/convert.hpp"
#include "../simd/dot.hpp"
#include "../simd/reduce_stored.hpp"
#include "float_check.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors of floats, each stored as float, half or bfloat16: [dim Stored][the scale, a float, for metrics that have one].
/// A query is not rounded: its distances are those from the query as given to the vectors as stored.
template <reducing_metric Metric, class Stored>
class float_codec {
public:
    using element = float;
    using native = Stored;
    using metric_type = Metric;
    static constexpr std::size_t max_dim = 65'536;

    struct query {
        const float* values;   ///< null if `stored` is compared as it is
        const Stored* stored;  ///< the code it was prepared from, if that is compared as it is
        float scale;
    };

    explicit float_codec(std::size_t dim, Metric metric = {}) noexcept : dim_(dim), metric_(metric) {}

    const Metric& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return dim_; }
    std::size_t length() const noexcept { return dim_; }
    std::size_t code_bytes() const noexcept {
        return Metric::scales ? scale_offset() + sizeof(float) : dim_ * sizeof(Stored);
    }
    std::size_t query_bytes() const noexcept { return dim_ * sizeof(float); }

    /// As refuse_floats(); rounding to bfloat16 lengthens a vector by less than the half that is left there.
    refusal refuses(std::span<const float> vector) const noexcept {
        const float norm2 = squared_norm(vector);
        if (const refusal why = refuse_floats<Metric>(norm2)) return why;
        if constexpr (std::same_as<Stored, half>) {
            // Only a long vector can hold a coordinate of 65,520, and only a short one none above 2^-25, at any dimension.
            if (norm2 > 0x1p31f || (Metric::scales && norm2 < 0x1p-33f)) return refuse_rounded(vector);
        }
        return {};
    }

    void encode(std::span<const float> vector, std::byte* code) const noexcept {
        simd::convert(vector.data(), reinterpret_cast<Stored*>(code), dim_);
        if constexpr (Metric::scales) {
            const float scale = reciprocal_norm(values(code));
            std::memset(code + dim_ * sizeof(Stored), 0, scale_offset() - dim_ * sizeof(Stored));
            std::memcpy(code + scale_offset(), &scale, sizeof(scale));
        }
    }

    void decode(const std::byte* code, std::span<float> vector) const noexcept {
        simd::convert(values(code), vector.data(), dim_);
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const noexcept {
        std::memcpy(bytes, vector.data(), dim_ * sizeof(float));
        return {reinterpret_cast<const float*>(bytes), nullptr, Metric::scales ? reciprocal_norm(vector.data()) : 1.0f};
    }

    query prepare_stored(const std::byte* code, [[maybe_unused]] std::byte* bytes) const noexcept {
        if constexpr (std::same_as<Stored, float>) {
            return {values(code), nullptr, scale(code)};
        } else if constexpr (as_stored) {
            return {nullptr, values(code), scale(code)};
        } else {
            float* const wide = reinterpret_cast<float*>(bytes);
            simd::convert(values(code), wide, dim_);
            return {wide, nullptr, scale(code)};
        }
    }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        sums(q, codes, n, out);
        for (std::size_t i = 0; i < n; ++i) out[i] = Metric::distance(out[i], q.scale, scale(codes[i]));
    }

    bool valid_code(const std::byte* code) const noexcept {
        return is_plausible<Metric>(simd::reduce<simd::product>(values(code), values(code), dim_), scale(code));
    }

private:
    using reduction = typename Metric::reduction;

    using stored_reduction = simd::reduce_stored<reduction, Stored>;

    /// Whether stored vectors, which are all that building compares, are not widened for it.
    static constexpr bool as_stored = stored_reduction::available;

    SEXTANT_INLINE void sums(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        if constexpr (as_stored) {
            if (q.stored != nullptr) return stored_reduction::some(q.stored, codes, n, dim_, out);
        }
        simd::reduce_some<reduction, xsimd::default_arch, Stored>(q.values, codes, n, dim_, out);
    }

    static const Stored* values(const std::byte* code) noexcept { return reinterpret_cast<const Stored*>(code); }

    std::size_t scale_offset() const noexcept { return round_up(dim_ * sizeof(Stored), alignof(float)); }

    float scale(const std::byte* code) const noexcept {
        if constexpr (Metric::scales) {
            return *reinterpret_cast<const float*>(code + scale_offset());
        } else {
            return 1.0f;
        }
    }

    template <class T>
    float reciprocal_norm(const T* vector) const noexcept {
        return 1.0f / std::sqrt(simd::reduce<simd::product>(vector, vector, dim_));
    }

    SEXTANT_COLD static refusal refuse_rounded(std::span<const float> vector) noexcept {
        bool zero = true;
        for (const float value : vector) {
            const auto kept = static_cast<float>(Stored(value));
            if (!is_finite(kept)) return {errc::not_finite, "a coordinate is too large for f16, whose largest is 65504"};
            zero = zero && kept == 0.0f;
        }
        if (Metric::scales && zero) {
            return {errc::zero_vector, "a vector whose coordinates are all zero in f16 has no direction to compare"};
        }
        return {};
    }

    std::size_t dim_;
    [[no_unique_address]] Metric metric_;
};

template <reducing_metric Metric>
using f32_codec = float_codec<Metric, float>;

template <reducing_metric Metric>
using f16_codec = float_codec<Metric, half>;

template <reducing_metric Metric>
using bf16_codec = float_codec<Metric, bfloat16>;

}  // namespace sextant::inline SEXTANT_ABI
