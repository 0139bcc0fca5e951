#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "../core/error.hpp"
#include "../metric/custom.hpp"
#include "float_check.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Vectors of floats under a distance the program brings, one call per distance.
template <class F>
class f32_custom_codec {
public:
    using element = float;
    using metric_type = custom<F>;
    static constexpr std::size_t max_dim = 65'536;

    struct query {
        const float* values;
    };

    explicit f32_custom_codec(std::size_t dim, custom<F> metric = {}) : dim_(dim), metric_(std::move(metric)) {}

    const custom<F>& metric() const noexcept { return metric_; }
    std::size_t dim() const noexcept { return dim_; }
    std::size_t length() const noexcept { return dim_; }
    std::size_t code_bytes() const noexcept { return dim_ * sizeof(float); }
    std::size_t query_bytes() const noexcept { return dim_ * sizeof(float); }

    refusal refuses(std::span<const float> vector) const noexcept {
        for (const float value : vector) {
            if (!is_finite(value)) return {errc::not_finite, "a vector holds NaN or infinity"};
        }
        return {};
    }

    void encode(std::span<const float> vector, std::byte* code) const noexcept {
        std::memcpy(code, vector.data(), code_bytes());
    }

    void decode(const std::byte* code, std::span<float> vector) const noexcept {
        std::memcpy(vector.data(), code, code_bytes());
    }

    query prepare(std::span<const float> vector, std::byte* bytes) const noexcept {
        std::memcpy(bytes, vector.data(), code_bytes());
        return {reinterpret_cast<const float*>(bytes)};
    }

    query prepare_stored(const std::byte* code, std::byte*) const noexcept {
        return {reinterpret_cast<const float*>(code)};
    }

    void distances(const query& q, const std::byte* const* codes, std::size_t n, float* out) const {
        for (std::size_t i = 0; i < n; ++i) {
            out[i] = metric_({q.values, dim_}, {reinterpret_cast<const float*>(codes[i]), dim_});
        }
    }

    bool valid_code(const std::byte* code) const noexcept {
        const auto values = reinterpret_cast<const float*>(code);
        return std::all_of(values, values + dim_, is_finite);
    }

private:
    std::size_t dim_;
    [[no_unique_address]] custom<F> metric_;
};

}  // namespace sextant::inline SEXTANT_ABI
