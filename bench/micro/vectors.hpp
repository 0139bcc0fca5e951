#pragma once

#include "datasets/matrix.hpp"
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

namespace bench {

/// One random vector of a codec's elements.
template <class Element>
std::vector<Element> random_vector(std::size_t length, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> gauss;
    std::vector<Element> vector(length);
    for (Element& element : vector) {
        if constexpr (std::is_floating_point_v<Element>) {
            element = gauss(random);
        } else {
            element = static_cast<Element>(random());
        }
    }
    return vector;
}

/// Vectors near a smooth surface: a random layer of a network applied to a mixture of Gaussians in 24
/// dimensions, plus noise. Unlike uniform noise they have neighbours worth finding.
inline float_matrix surface_vectors(std::size_t rows, std::size_t dim) {
    constexpr std::size_t inner = 24, centres = 16;
    std::mt19937_64 random(11);
    std::normal_distribution<float> gauss;
    std::vector<float> centre(centres * inner), weights(dim * inner), point(inner);
    for (float& value : centre) value = 2 * gauss(random);
    for (float& value : weights) value = gauss(random) / std::sqrt(static_cast<float>(inner));
    float_matrix result;
    result.dim = dim;
    result.values.resize(rows * dim);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t chosen = random() % centres;
        for (std::size_t i = 0; i < inner; ++i) point[i] = centre[chosen * inner + i] + gauss(random);
        for (std::size_t d = 0; d < dim; ++d) {
            float sum = 0;
            for (std::size_t i = 0; i < inner; ++i) sum += weights[d * inner + i] * point[i];
            result[row][d] = std::tanh(sum) + 0.05F * gauss(random);
        }
    }
    return result;
}

} // namespace bench
