#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../parallel/lease.hpp"
#include "../simd/packed.hpp"
#include "codec_work.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Whether a code low + step · c_i of `coordinates` integers, packed in `size`, can be one that affine_codec made of a vector
/// it lets in. If all codes can, no distance between two of them is NaN: every term below is finite then, whatever the
/// integers are. Hardly any vector is so long that they have to be looked at. `sum` is to be Σ c_i, `add` the code's own part of
/// a distance.
template <unsigned Bits>
bool is_plausible_affine(const std::byte* code, std::size_t size, std::size_t coordinates, float low, float step, float sum,
                         float add) {
    constexpr double most = (1u << Bits) - 1;
    const double n = static_cast<double>(coordinates);
    const double l = static_cast<double>(low);
    const double s = static_cast<double>(step);
    const double total = static_cast<double>(sum);
    if (!(std::abs(low) <= 0x1p67f && step <= 0x1p67f && std::abs(add) <= 0x1p120f)) return false;  // nor NaN
    if (!(total >= 0.0 && total <= n * most && std::floor(total) == total)) return false;
    const double largest = std::max(std::abs(l), std::abs(l + s * most));
    if (n * largest * largest <= 0x1p115) return true;
    if (!(n * l * l <= 0x1p134)) return false;

    const lease<codec_work> space;
    std::uint8_t* const integers = space->integers(size);
    simd::packed<Bits>::unpack(code, size, integers);
    double of_integers = 0.0;
    double squared_norm = 0.0;
    for (std::size_t i = 0; i < coordinates; ++i) {
        const double integer = integers[i];
        of_integers += integer;
        squared_norm += (l + s * integer) * (l + s * integer);
    }
    return of_integers == total && squared_norm <= 0x1p118;
}

}  // namespace sextant::inline SEXTANT_ABI
