#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What a quantiser found out about one vector x, besides its integers c: x_i ≈ low + step · c_i.
struct affine_fit {
    float low;
    float step;          ///< not negative; 0 if all coordinates are taken for `low`
    float squared_norm;  ///< what stands for ‖x‖² in a distance
    std::uint32_t sum;   ///< Σ c_i
};

/// How affine_codec makes integers of floats.
///   Q::bits               of one integer, 1 to 8
///   q.dim()               of the caller's vectors
///   q.size()              of code space: dim() or a little more, a multiple of what the packed layout wants
///   q.coordinates()       how many of these `low` applies to; the integers beyond are zero
///   q.apply(x, y)         moves dim() floats into code space, keeping distances; writes size() floats
///   q.invert(y, x, work)  the way back, to dim() floats; work has room for size() floats
///   q.quantise(y, c)      chooses size() integers
///   q.heap_bytes()        what it has allocated
/// and, where integers mean something else under another quantiser of the same type,
///   q.fingerprint()       a number that tells such quantisers apart
/// All of it is const, allocates nothing but what the thread keeps for the next time, and may be called from any number of threads.
template <class Q>
concept quantiser = requires(const Q& q, const float* from, float* to, std::uint8_t* integers) {
    { Q::bits } -> std::convertible_to<unsigned>;
    { q.dim() } -> std::same_as<std::size_t>;
    { q.size() } -> std::same_as<std::size_t>;
    { q.coordinates() } -> std::same_as<std::size_t>;
    q.apply(from, to);
    q.invert(from, to, to);
    { q.quantise(from, integers) } -> std::same_as<affine_fit>;
    { q.heap_bytes() } -> std::same_as<std::size_t>;
};

}  // namespace sextant::inline SEXTANT_ABI
