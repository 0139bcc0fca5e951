#pragma once

#include <sextant/metric/metric.hpp>
#include <sextant/simd/dot.hpp>
#include <sextant/simd/reduce.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "support/random_values.hpp"

namespace metric_test {

/// The distance of two vectors as a metric is meant to be used: its reduction, then its correction.
template <sextant::reducing_metric Metric>
float distance(std::span<const float> a, std::span<const float> b) {
    const auto scale = [](std::span<const float> v) {
        if (!Metric::scales) return 1.0f;
        return 1.0f / std::sqrt(sextant::simd::reduce<sextant::simd::product>(v.data(), v.data(), v.size()));
    };
    const float sum = sextant::simd::reduce<typename Metric::reduction>(a.data(), b.data(), a.size());
    return Metric::distance(sum, scale(a), scale(b));
}

/// Pairs of vectors of many dimensions and sizes.
template <class F>
void for_each_pair(F&& f) {
    for (const std::size_t dim : {1u, 2u, 3u, 7u, 16u, 33u, 100u, 128u, 300u, 1536u}) {
        for (const float size : {1e-3f, 1.0f, 1e4f}) {
            const auto a = support::random_floats(dim, dim, -size, size);
            const auto b = support::random_floats(dim, dim + 1, -1.0f, 1.0f);
            f(std::span<const float>(a), std::span<const float>(b));
        }
    }
}

}  // namespace metric_test
