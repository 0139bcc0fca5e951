#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../simd/extent.hpp"
#include "../simd/packed.hpp"
#include "quantiser.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Locally adaptive quantisation: each vector's own range is cut into 2^Bits − 1 equal steps, so a coordinate is off by at
/// most half a step (Aguerrebere et al. 2023, "Similarity search in the blink of an eye with compressed indices").
template <unsigned Bits>
class lvq_quantiser {
public:
    static constexpr unsigned bits = Bits;

    explicit lvq_quantiser(std::size_t dim) noexcept : dim_(dim), size_(simd::packed<Bits>::padded(dim)) {}

    std::size_t dim() const noexcept { return dim_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t coordinates() const noexcept { return dim_; }
    std::size_t heap_bytes() const noexcept { return 0; }

    void apply(const float* from, float* to) const noexcept {
        std::memcpy(to, from, dim_ * sizeof(float));
        std::fill(to + dim_, to + size_, 0.0f);
    }

    void invert(const float* from, float* to, float*) const noexcept { std::memcpy(to, from, dim_ * sizeof(float)); }

    affine_fit quantise(const float* values, std::uint8_t* integers) const noexcept {
        constexpr unsigned most = (1u << Bits) - 1;
        const auto [low, high] = simd::extent(values, dim_);
        // In double, because a step may be below the normal floats.
        const double range = static_cast<double>(high) - static_cast<double>(low);
        const float step = static_cast<float>(range / most);
        const double scale = step > 0.0f ? 1.0 / static_cast<double>(step) : 0.0;
        std::uint32_t sum = 0;
        std::uint64_t squares = 0;
        for (std::size_t i = 0; i < dim_; ++i) {
            const auto level = static_cast<int>((static_cast<double>(values[i]) - static_cast<double>(low)) * scale + 0.5);
            const auto integer = static_cast<std::uint32_t>(std::clamp(level, 0, static_cast<int>(most)));
            integers[i] = static_cast<std::uint8_t>(integer);
            sum += integer;
            squares += integer * integer;
        }
        std::fill(integers + dim_, integers + size_, std::uint8_t{0});
        const double l = static_cast<double>(low);
        const double s = static_cast<double>(step);
        const double squared_norm = static_cast<double>(dim_) * l * l + 2.0 * l * s * static_cast<double>(sum) +
                                    s * s * static_cast<double>(squares);
        return {low, step, static_cast<float>(squared_norm), sum};
    }

private:
    std::size_t dim_;
    std::size_t size_;
};

}  // namespace sextant::inline SEXTANT_ABI
