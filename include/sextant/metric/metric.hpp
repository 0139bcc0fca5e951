#pragma once

#include <concepts>

#include "../simd/batch.hpp"

namespace sextant::inline SEXTANT_ABI {

/// A metric that is a reduction over coordinates followed by a cheap correction, so that the kernels in simd/ do its
/// work. Distances are smaller-is-nearer.
///   M::reduction     the sum over coordinates (simd/reduce.hpp)
///   M::scales        whether a vector has a scale, the reciprocal of its norm, that distance() wants
///   M::distance(sum, scale_a, scale_b)   the distance; the scales are 1 where the metric has none
template <class M>
concept reducing_metric = requires(float sum, float scale) {
    typename M::reduction;
    { M::scales } -> std::convertible_to<bool>;
    { M::distance(sum, scale, scale) } -> std::same_as<float>;
};

/// A metric whose distances hardly change when vectors are replaced by near ones, as long as they are not small. That of two
/// directions is between the near vectors' own: their lengths do not count.
///   M::undecided     how small: the distance of vectors that are an eighth as far from each other as from the origin, for a
///                    squared norm of 1
template <class M>
concept splittable_metric = reducing_metric<M> && requires {
    { M::undecided } -> std::convertible_to<float>;
};

}  // namespace sextant::inline SEXTANT_ABI
