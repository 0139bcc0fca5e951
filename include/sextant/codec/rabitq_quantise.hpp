#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "../core/config.hpp"
#include "../simd/batch.hpp"
#include "rabitq_code.hpp"
#include "rabitq_sweep.hpp"

// GCC before 13 takes its own AVX-512 minimum and floor to read uninitialised registers (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace sextant::inline SEXTANT_ABI {

/// Codes of `Bits` bits per coordinate (Extended RaBitQ, Gao et al. 2025). Coordinate r_i becomes the sign b
/// and the magnitude k = min(⌊f·|r_i|⌋, 2^(Bits-1) - 1), and u = b·2^(Bits-1) + k with k's bits inverted where b is 0:
/// u grows with r_i. f is chosen to maximise the cosine of r and x_u, on which alone the estimate's error depends.
///
/// Const, deterministic, safe from any number of threads.
template <unsigned Bits, class Arch = xsimd::default_arch>
class rabitq_quantiser {
    static_assert(Bits >= 1 && Bits <= 8);

public:
    /// The code of r[0, dim), finite floats of any size, into codes[0, dim). Tries 16 values of f and allocates nothing.
    /// An estimate's error grows with the sine of the angle between r and x_u. Its square is on average 0.7 % or less above
    /// the best code's (832 and 1536 rotated coordinates of real data, all Bits), 0.6 % for up to 6 bits of 128 and 6 % for
    /// 8 bits of 128; the one f that is best on average for normal coordinates would cost up to 50 and 120 %. The loss of
    /// cosine is below 0.1 % throughout.
    rabitq_code operator()(const float* r, std::size_t dim, std::uint8_t* codes) const noexcept {
        const double unit = normaliser(r, dim);
        if (unit == 0.0) return zero(dim, codes);
        return encode(r, dim, codes, static_cast<float>(unit), guess(r, dim, static_cast<float>(unit)).factor);
    }

    /// The same with the best f of all, found by sweeping every f at which a magnitude changes, up to dim·2^(Bits-1).
    /// No code of `Bits` bits has a larger cosine (rabitq_sweep.hpp says why). Throws std::bad_alloc if `sweep` must grow.
    rabitq_code exact(const float* r, std::size_t dim, std::uint8_t* codes, rabitq_sweep& sweep) const {
        const double normal = normaliser(r, dim);
        if (normal == 0.0) return zero(dim, codes);
        const auto unit = static_cast<float>(normal);
        candidate best = guess(r, dim, unit);
        if constexpr (Bits > 1) {
            const float swept = sweep.best_factor(r, dim, unit, top, best.factor);
            std::array<candidate, lot> last{candidate{swept}, best, best, best};
            score(r, dim, unit, last);
            if (last[0].score > best.score) best = last[0];
        }
        return encode(r, dim, codes, unit, best.factor);
    }

private:
    using batch = xsimd::batch<float, Arch>;
    static constexpr std::size_t lanes = batch::size;
    static constexpr unsigned top = (1u << (Bits - 1)) - 1;  // the largest magnitude
    static constexpr float middle = static_cast<float>((1u << Bits) - 1) / 2;
    static constexpr std::size_t lot = 4;  // factors per pass: eight sums, which hide the additions' latency

    /// Steps of the best uniform quantiser of 2^Bits levels for a normal variable of variance 1 (Max 1960, whose
    /// table ends at 36 levels): what rotated coordinates are like.
    static constexpr std::array<double, 9> normal_step{0.0,    1.5958, 0.9957, 0.5860, 0.3352,
                                                       0.1881, 0.1041, 0.0569, 0.0308};

    struct candidate {
        float factor = 0.0f;
        float score = 0.0f;  // the squared cosine times ‖r‖²
    };

    /// A power of two that brings the largest coordinate between 2^-23 and 4, so that no square is infinite or zero; 0 for
    /// r = 0. The arithmetic below is on r times this.
    static SEXTANT_KERNEL double normaliser(const float* r, std::size_t dim) noexcept {
        batch most(0.0f);
        std::size_t i = 0;
        for (; i + lanes <= dim; i += lanes) most = xsimd::max(most, xsimd::abs(batch::load_unaligned(r + i)));
        std::array<float, lanes> each;
        most.store_unaligned(each.data());
        float largest = *std::max_element(each.begin(), each.end());
        for (; i < dim; ++i) largest = std::max(largest, std::abs(r[i]));
        if (largest == 0.0f) return 0.0;
        return std::ldexp(1.0, std::clamp(-std::ilogb(largest), -126, 126));
    }

    static rabitq_code zero(std::size_t dim, std::uint8_t* codes) noexcept {
        std::fill_n(codes, dim, static_cast<std::uint8_t>(top + 1));
        return {.squared_code_norm = static_cast<double>(dim) / 4,
                .sum = static_cast<std::uint32_t>(dim) * (top + 1)};
    }

    /// Two grids of eight: a wide one around the larger of what suits normal coordinates and what just reaches the largest
    /// coordinate (which decides where there are many bits or few coordinates), then one as wide as the first one's steps.
    /// Moving f to where it minimises the error of the last code, as Lloyd would, was tried: it gains little, because
    /// between two changes of the code the score has a peak of its own.
    static candidate guess(const float* r, std::size_t dim, float unit) noexcept {
        if constexpr (Bits == 1) {
            return {1.0f};
        } else {
            float largest = 0.0f;
            float squares = 0.0f;
            spread(r, dim, unit, largest, squares);
            const double normal_factor = std::sqrt(static_cast<double>(dim)) / normal_step[Bits];
            const float normal = static_cast<float>(normal_factor) / std::sqrt(squares);
            const float centre = std::max(normal, static_cast<float>(top + 1) / largest);
            constexpr float ratio = 1.0520f;  // (1.2/0.8)^(1/8)
            const candidate coarse = best_of_eight(r, dim, unit, centre * 0.8206f, ratio);
            constexpr float fine_ratio = 1.00636f;  // ratio^(1/8)
            const candidate fine = best_of_eight(r, dim, unit, coarse.factor * 0.97806f, fine_ratio);
            return fine.score > coarse.score ? fine : coarse;
        }
    }

    static SEXTANT_KERNEL void spread(const float* r, std::size_t dim, float unit, float& largest, float& squares) noexcept {
        batch most(0.0f);
        batch sum(0.0f);
        std::size_t i = 0;
        for (; i + lanes <= dim; i += lanes) {
            const batch a = xsimd::abs(batch::load_unaligned(r + i) * batch(unit));
            most = xsimd::max(most, a);
            sum = xsimd::fma(a, a, sum);
        }
        std::array<float, lanes> each;
        most.store_unaligned(each.data());
        largest = *std::max_element(each.begin(), each.end());
        squares = simd::lane_sum(sum);
        for (; i < dim; ++i) {
            const float a = std::abs(r[i] * unit);
            largest = std::max(largest, a);
            squares += a * a;
        }
    }

    static candidate best_of_eight(const float* r, std::size_t dim, float unit, float first,
                                   float ratio) noexcept {
        candidate best;
        for (std::size_t half = 0; half < 2; ++half) {
            std::array<candidate, lot> tried;
            for (candidate& c : tried) {
                c.factor = first;
                first *= ratio;
            }
            score(r, dim, unit, tried);
            for (const candidate& c : tried) {
                if (c.score > best.score) best = c;
            }
        }
        return best;
    }

    /// Scores the candidates' factors in one pass over r.
    static SEXTANT_KERNEL void score(const float* r, std::size_t dim, float unit,
                                     std::array<candidate, lot>& tried) noexcept {
        [&]<std::size_t... C>(std::index_sequence<C...>) SEXTANT_INLINE_LAMBDA {
            const std::array<batch, lot> factor{batch(tried[C].factor)...};
            std::array<batch, lot> products{((void)C, batch(0.0f))...};
            std::array<batch, lot> squares{((void)C, batch(0.0f))...};
            std::size_t i = 0;
            for (; i + lanes <= dim; i += lanes) {
                const batch a = xsimd::abs(batch::load_unaligned(r + i) * batch(unit));
                const std::array<batch, lot> x{level(batch(a * factor[C]))...};
                ((products[C] = xsimd::fma(a, x[C], products[C]), squares[C] = xsimd::fma(x[C], x[C], squares[C])), ...);
            }
            std::array<float, lot> product{simd::lane_sum(products[C])...};
            std::array<float, lot> square{simd::lane_sum(squares[C])...};
            for (; i < dim; ++i) {
                const float a = std::abs(r[i] * unit);
                const std::array<float, lot> x{level(a * tried[C].factor)...};
                ((product[C] += a * x[C], square[C] += x[C] * x[C]), ...);
            }
            ((tried[C].score = product[C] * (product[C] / square[C])), ...);
        }(std::make_index_sequence<lot>{});
    }

    static SEXTANT_INLINE float level(float scaled) noexcept {
        return std::floor(std::min(scaled, static_cast<float>(top))) + 0.5f;
    }
    static SEXTANT_INLINE batch level(const batch& scaled) noexcept {
        return xsimd::floor(xsimd::min(scaled, batch(static_cast<float>(top)))) + batch(0.5f);
    }

    static SEXTANT_KERNEL rabitq_code encode(const float* r, std::size_t dim, std::uint8_t* codes, float unit,
                                             float factor) noexcept {
        constexpr std::size_t block = 128;  // sums of so few floats lose nothing that matters at 8 bits
        static_assert(block % lanes == 0);
        rabitq_code code;
        double product = 0.0;
        double squares = 0.0;
        std::array<float, block> u;
        for (std::size_t first = 0; first < dim; first += block) {
            const std::size_t count = std::min(block, dim - first);
            std::size_t i = 0;
            batch products(0.0f);
            batch norms(0.0f);
            batch code_norms(0.0f);
            for (; i + lanes <= count; i += lanes) {
                const batch value = batch::load_unaligned(r + first + i);
                const batch a = xsimd::abs(value * batch(unit));
                const batch x = level(batch(a * batch(factor)));
                products = xsimd::fma(a, x, products);
                norms = xsimd::fma(a, a, norms);
                code_norms = xsimd::fma(x, x, code_norms);
                batch(batch(middle) + xsimd::select(value < batch(0.0f), -x, x)).store_unaligned(u.data() + i);
            }
            product += static_cast<double>(simd::lane_sum(products));
            squares += static_cast<double>(simd::lane_sum(norms));
            code.squared_code_norm += static_cast<double>(simd::lane_sum(code_norms));
            for (; i < count; ++i) {
                const float value = r[first + i];
                const float a = std::abs(value * unit);
                const float x = level(a * factor);
                product += static_cast<double>(a * x);
                squares += static_cast<double>(a * a);
                code.squared_code_norm += static_cast<double>(x * x);
                u[i] = middle + (value < 0.0f ? -x : x);
            }
            for (i = 0; i < count; ++i) {
                const auto value = static_cast<std::int32_t>(u[i]);
                codes[first + i] = static_cast<std::uint8_t>(value);
                code.sum += static_cast<std::uint32_t>(value);
            }
        }
        const double scale = 1.0 / static_cast<double>(unit);
        code.inner_product = product * scale;
        code.squared_norm = squares * scale * scale;
        return code;
    }
};

}  // namespace sextant::inline SEXTANT_ABI

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic pop
#endif
