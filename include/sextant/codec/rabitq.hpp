#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/types.hpp"
#include "../fwd.hpp"
#include "../parallel/lease.hpp"
#include "../simd/packed.hpp"
#include "quantiser.hpp"
#include "rabitq_quantise.hpp"
#include "rabitq_sweep.hpp"
#include "rotation.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Extended RaBitQ for affine_codec: code space is the caller's space, padded and turned at random, so that every coordinate
/// holds about as much as any other. A code then stands for step · (c − middle), with the step that makes the estimate of
/// ⟨q, x⟩ unbiased over the rotation: ‖x‖² / ⟨x, c − middle⟩.
template <unsigned Bits, rabitq_encoding Encoding = rabitq_encoding::fast>
class rotated_rabitq {
    static constexpr bool exact = Encoding == rabitq_encoding::exact;

public:
    static constexpr unsigned bits = Bits;

    explicit rotated_rabitq(std::size_t dim) : rotation_(dim, simd::packed<Bits>::padded(round_up(dim, 64)), seed) {}

    std::size_t dim() const noexcept { return rotation_.dim(); }
    std::size_t size() const noexcept { return rotation_.size(); }
    std::size_t coordinates() const noexcept { return rotation_.size(); }
    std::size_t heap_bytes() const noexcept { return rotation_.heap_bytes(); }

    std::uint32_t fingerprint() const noexcept { return rotation_.fingerprint(); }

    void apply(const float* from, float* to) const noexcept { rotation_.apply(from, to); }
    void invert(const float* from, float* to, float* work) const noexcept { rotation_.invert(from, to, work); }

    /// Throws std::bad_alloc if it is exact and the calling thread's sweep must grow.
    affine_fit quantise(const float* values, std::uint8_t* integers) const noexcept(!exact) {
        constexpr double middle = static_cast<double>((1u << Bits) - 1) / 2.0;
        const rabitq_code code = encode(values, integers);
        const double step = code.inner_product > 0.0 ? code.squared_norm / code.inner_product : 0.0;
        return {static_cast<float>(-middle * step), static_cast<float>(step), static_cast<float>(code.squared_norm),
                code.sum};
    }

private:
    rabitq_code encode(const float* values, std::uint8_t* integers) const noexcept(!exact) {
        constexpr rabitq_quantiser<Bits> quantiser;
        if constexpr (exact) {
            const lease<rabitq_sweep> sweep;
            return quantiser.exact(values, size(), integers, *sweep);
        } else {
            return quantiser(values, size(), integers);
        }
    }

    /// Fixed, so that equal vectors have equal codes in every index.
    static constexpr std::uint64_t seed = 0x5EC5'7A47;

    rotation rotation_;
};

}  // namespace sextant::inline SEXTANT_ABI
