#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// The factor f whose magnitudes k_i = min(⌊f·a_i⌋, top) give the largest cosine of a and k + ½, a = |r|: the exact search
/// of Extended RaBitQ (Gao et al. 2025). The best code of all is found this way: scaled by s = ⟨a, x⟩/‖x‖²
/// it errs least, and then every level is the one nearest to a_i/s, so it is the code of f = 1/s.
///
/// Holds the events, for its owner to keep between calls.
class rabitq_sweep {
public:
    std::size_t bytes() const noexcept { return events_.capacity() * sizeof(std::uint64_t) + magnitudes_.capacity(); }

    /// r: dim floats, not all zero; they are multiplied by `unit` first. guess: a factor, the nearer to the best the less
    /// there is to sweep. About dim·top·log(dim·top) steps at worst. Throws std::bad_alloc.
    float best_factor(const float* r, std::size_t dim, float unit, unsigned top, float guess) {
        const auto a = [r, unit](std::size_t i) { return std::abs(static_cast<double>(r[i] * unit)); };
        const auto [low, high] = range(a, dim, top, guess);

        events_.clear();
        magnitudes_.resize(dim);
        double product = 0.0;
        std::uint64_t squares = 0;  // of 2k + 1: exact
        for (std::size_t i = 0; i < dim; ++i) {
            const double value = a(i);
            const auto from = static_cast<unsigned>(std::min(value * low, static_cast<double>(top)));
            const auto to = static_cast<unsigned>(std::min(value * high, static_cast<double>(top)));
            magnitudes_[i] = static_cast<std::uint8_t>(from);
            product += value * (from + 0.5);
            squares += std::uint64_t{2 * from + 1} * (2 * from + 1);
            for (unsigned k = from + 1; k <= to; ++k) {
                // Positive floats are ordered like their bits.
                const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(k / value));
                events_.push_back(std::uint64_t{bits} << 32 | i);
            }
        }
        std::sort(events_.begin(), events_.end());

        double best = product * product / static_cast<double>(squares);
        double factor = low;
        for (std::size_t e = 0; e < events_.size(); ++e) {
            const auto i = static_cast<std::size_t>(events_[e] & 0xFFFF'FFFFu);
            product += a(i);
            squares += 8u * ++magnitudes_[i];  // (2k + 1)² - (2k - 1)²
            const double score = product * product / static_cast<double>(squares);
            if (score > best) {
                best = score;
                // Half-way to the next event, so that rounding does not undo this one.
                const double next = e + 1 < events_.size() ? static_cast<double>(at(e + 1)) : high;
                factor = (static_cast<double>(at(e)) + std::max(next, static_cast<double>(at(e)))) / 2;
            }
        }
        return static_cast<float>(factor);
    }

private:
    struct factors {
        double low;
        double high;
    };

    float at(std::size_t event) const noexcept {
        return std::bit_cast<float>(static_cast<std::uint32_t>(events_[event] >> 32));
    }

    /// Where the best factor must lie. At scale s = 1/f the coordinates above (top + ½)·s and those below s/2 alone cost
    /// Σ (a_i - (top + ½)·s)₊² and Σ (s/2 - a_i)₊². Neither may exceed the whole error of the guess's code.
    template <class Coordinate>
    static factors range(const Coordinate& a, std::size_t dim, unsigned top, float guess) noexcept {
        double product = 0.0;
        double code_squares = 0.0;
        double squares = 0.0;
        for (std::size_t i = 0; i < dim; ++i) {
            const double value = a(i);
            const double x = std::floor(std::min(value * static_cast<double>(guess), static_cast<double>(top))) + 0.5;
            product += value * x;
            code_squares += x * x;
            squares += value * value;
        }
        const double error = std::max(0.0, squares - product * product / code_squares) + 1e-12 * squares;
        const double s = product / code_squares;
        const auto clipped = [&](double scale) {
            double sum = 0.0;
            for (std::size_t i = 0; i < dim; ++i) {
                const double over = std::max(0.0, a(i) - (top + 0.5) * scale);
                sum += over * over;
            }
            return sum;
        };
        const auto coarse = [&](double scale) {
            double sum = 0.0;
            for (std::size_t i = 0; i < dim; ++i) {
                const double under = std::max(0.0, scale / 2 - a(i));
                sum += under * under;
            }
            return sum;
        };
        // Bisections: `out` is always outside what is possible, and ends up within some percent of the limit.
        const auto limit = [error](const auto& cost, double in, double towards) {
            double out = in * towards;
            while (cost(out) <= error && out > in * 0x1p-20 && out < in * 0x1p20) out *= towards;
            for (int step = 0; step < 7; ++step) {
                const double between = std::sqrt(in * out);
                (cost(between) <= error ? in : out) = between;
            }
            return out;
        };
        return {1.0 / limit(coarse, s, 2.0), 1.0 / limit(clipped, s, 0.5)};
    }

    std::vector<std::uint64_t> events_;
    std::vector<std::uint8_t> magnitudes_;
};

}  // namespace sextant::inline SEXTANT_ABI
