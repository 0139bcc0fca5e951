#pragma once

#include "datasets/exact_distance.hpp"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace bench {

/// Cosine for libraries that only know inner products: a vector scaled to length one in a buffer of its own.
/// Under any other metric the vector is handed on as it is.
class normalised {
public:
    normalised(metric_kind metric, std::size_t dim) : buffer_(metric == metric_kind::cosine ? dim : 0) {}

    const float* operator()(std::span<const float> vector) {
        if (buffer_.empty()) {
            return vector.data();
        }
        const double norm = std::sqrt(dot(vector, vector));
        const float scale = norm > 0 ? static_cast<float>(1 / norm) : 0.0F;
        std::ranges::transform(vector, buffer_.begin(), [scale](float value) { return value * scale; });
        return buffer_.data();
    }

private:
    std::vector<float> buffer_;
};

} // namespace bench
