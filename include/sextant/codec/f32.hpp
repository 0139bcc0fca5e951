#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>

#include "../core/error.hpp"
#include "../metric/metric.hpp"
#include "../simd/dot.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors of floats, stored as they are: [dim floats][the scale, for metrics that have one].
template <reducing_metric Metric>
class f32_codec {
public:
    using element = float;
    using metric_type = Metric;
    static constexpr std::size_t max_dim = 65'536;

    struct query {
        const float* values;
        float scale;
    };

    explicit f32_codec(std::size_t dim, Metric metric = {}) noexcept : dim_(dim), metric_(metric) {}

    const Metric& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return dim_; }
    std::size_t length() const noexcept { return dim_; }
    std::size_t code_bytes() const noexcept { return (dim_ + (Metric::scales ? 1 : 0)) * sizeof(float); }
    std::size_t query_bytes() const noexcept { return dim_ * sizeof(float); }

    /// Refuses what would turn a distance into NaN or infinity: the squared norm is bounded so that the squared distance
    /// of any two vectors, at most four times the larger bound, is a finite float however it is rounded.
    void check(std::span<const float> vector) const {
        if (vector.size() != dim_) raise_dimension(dim_, vector.size());
        const float squared_norm = simd::reduce<simd::product>(vector.data(), vector.data(), dim_);
        if (!(squared_norm <= std::numeric_limits<float>::max() / 8)) {
            raise(errc::not_finite, "a vector holds NaN or infinity, or is too long for a finite distance");
        }
        if (Metric::scales && squared_norm < 1e-30f) {
            raise(errc::zero_vector, "a vector of norm zero (or below 1e-15) has no direction to compare");
        }
    }

    void encode(std::span<const float> vector, std::byte* code) const noexcept {
        std::memcpy(code, vector.data(), dim_ * sizeof(float));
        if constexpr (Metric::scales) {
            const float scale = reciprocal_norm(vector.data());
            std::memcpy(code + dim_ * sizeof(float), &scale, sizeof(scale));
        }
    }

    void decode(const std::byte* code, std::span<float> vector) const noexcept {
        std::memcpy(vector.data(), code, dim_ * sizeof(float));
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const noexcept {
        std::memcpy(bytes, vector.data(), dim_ * sizeof(float));
        return {reinterpret_cast<const float*>(bytes), Metric::scales ? reciprocal_norm(vector.data()) : 1.0f};
    }

    query prepare_stored(const std::byte* code) const noexcept { return {values(code), scale(code)}; }

    SEXTANT_INLINE void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const noexcept {
        simd::reduce_some<typename Metric::reduction>(q.values, codes, n, dim_, out);
        for (std::size_t i = 0; i < n; ++i) out[i] = Metric::distance(out[i], q.scale, scale(codes[i]));
    }

private:
    static const float* values(const std::byte* code) noexcept { return reinterpret_cast<const float*>(code); }

    float scale(const std::byte* code) const noexcept {
        if constexpr (Metric::scales) {
            return values(code)[dim_];
        } else {
            return 1.0f;
        }
    }

    float reciprocal_norm(const float* vector) const noexcept {
        return 1.0f / std::sqrt(simd::reduce<simd::product>(vector, vector, dim_));
    }

    std::size_t dim_;
    [[no_unique_address]] Metric metric_;
};

}  // namespace sextant::inline SEXTANT_ABI
