#pragma once

#include <sextant/core/types.hpp>

#include <cstddef>
#include <vector>

namespace support {

/// The share of the true answers that were found, by distance: of equally near vectors any will do. 1 where there is
/// nothing to find.
template <class Key>
double recall(const std::vector<sextant::hit<Key>>& found, const std::vector<sextant::hit<Key>>& truth) {
    if (truth.empty()) return 1.0;
    const float limit = truth.back().distance * (truth.back().distance < 0.0f ? 0.999999f : 1.000001f);
    std::size_t right = 0;
    for (std::size_t i = 0; i < found.size() && i < truth.size(); ++i) right += found[i].distance <= limit ? 1u : 0u;
    return static_cast<double>(right) / static_cast<double>(truth.size());
}

}  // namespace support
