#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What is kept of a residual r beside its code u, whose coordinates stand for x_u = u - (2^Bits - 1)/2 (Extended RaBitQ,
/// Gao et al. 2025). Doubles, so that squares of any finite floats are neither infinite nor zero.
struct rabitq_code {
    double squared_norm = 0.0;       // ‖r‖²
    double inner_product = 0.0;      // ⟨r, x_u⟩: positive, and zero only where r is
    double squared_code_norm = 0.0;  // ‖x_u‖²
    std::uint32_t sum = 0;           // Σ u

    /// step()·⟨x_u, q⟩ estimates ⟨r, q⟩, without bias over random rotations; 0 where r is zero.
    double step() const noexcept { return inner_product > 0.0 ? squared_norm / inner_product : 0.0; }

    /// The cosine of r and x_u; 1 where r is zero, as nothing is lost there.
    double cosine() const noexcept {
        return inner_product > 0.0 ? inner_product / std::sqrt(squared_norm * squared_code_norm) : 1.0;
    }
};

/// How many standard errors rabitq_error_bound() allows: a normal error stays below it 94.3 times in a hundred.
inline constexpr double rabitq_bound_sigmas = 1.9;

/// Times ‖q‖ it bounds the error of a squared distance ‖r - q‖² that takes ⟨r, q⟩ from the estimate; half of it bounds the
/// error of ⟨r, q⟩ itself. The estimate errs by what x_u has across r, times what q has across r, in directions that the
/// rotation made random: its standard error is ‖r‖·√(1/cos² - 1)·‖q‖/√(dim - 1) or less (Gao and Long 2024). The bound
/// holds for at least 94 % of rotations, whatever the vectors.
inline double rabitq_error_bound(const rabitq_code& code, std::size_t dim) noexcept {
    if (dim < 2 || !(code.inner_product > 0.0)) return 0.0;
    const double cosine = code.cosine();
    const double across = std::max(0.0, 1.0 / (cosine * cosine) - 1.0);
    return 2.0 * rabitq_bound_sigmas * std::sqrt(code.squared_norm * across / static_cast<double>(dim - 1));
}

}  // namespace sextant::inline SEXTANT_ABI
