#pragma once

#include "datasets/matrix.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace bench {

enum class metric_kind { l2, ip, cosine };

/// Sums over blocks in sixteen float lanes (which compilers vectorise without reordering flags), then in
/// double. A lane adds at most 256 terms, so sums over 8-bit data stay below 2^24 and are exact: ties are
/// ties.
template <class Term>
double sum_terms(std::span<const float> a, std::span<const float> b, Term term) {
    constexpr std::size_t lanes = 16;
    constexpr std::size_t block = lanes * 256;
    double total = 0;
    for (std::size_t begin = 0; begin < a.size(); begin += block) {
        const std::size_t end = std::min(a.size(), begin + block);
        std::array<float, lanes> sums{};
        std::size_t i = begin;
        for (; i + lanes <= end; i += lanes) {
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                sums[lane] += term(a[i + lane], b[i + lane]);
            }
        }
        for (const float sum : sums) {
            total += static_cast<double>(sum);
        }
        for (; i < end; ++i) {
            total += static_cast<double>(term(a[i], b[i]));
        }
    }
    return total;
}

inline double dot(std::span<const float> a, std::span<const float> b) {
    return sum_terms(a, b, [](float x, float y) { return x * y; });
}

/// Distances from queries to the rows of a base, smaller is nearer, written for trust and not for speed.
class exact_distances {
public:
    exact_distances(const float_matrix& base, metric_kind metric) : base_(&base), metric_(metric) {
        if (metric == metric_kind::cosine) {
            norms_.resize(base.rows());
            for (std::size_t row = 0; row < norms_.size(); ++row) {
                norms_[row] = std::sqrt(dot(base[row], base[row]));
            }
        }
    }

    /// For cosine the query's own norm is left out: it is the same for every row and changes no comparison.
    [[nodiscard]] double operator()(std::span<const float> query, std::size_t row) const {
        const std::span<const float> vector = (*base_)[row];
        switch (metric_) {
        case metric_kind::l2:
            return sum_terms(query, vector, [](float x, float y) { return (x - y) * (x - y); });
        case metric_kind::ip: return -dot(query, vector);
        case metric_kind::cosine: return -dot(query, vector) / norms_[row];
        }
        return 0;
    }

private:
    const float_matrix* base_;
    metric_kind metric_;
    std::vector<double> norms_;
};

} // namespace bench
