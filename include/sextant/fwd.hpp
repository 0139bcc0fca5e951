#pragma once

#include <cstdint>
#include <functional>

#include "core/config.hpp"

/// Declarations, default template arguments and short aliases, each stated once.
namespace sextant::inline SEXTANT_ABI {

struct l2;
struct inner_product;
struct cosine;
struct hamming;

struct f32;
struct f16;
struct bf16;
struct bits;

/// The codec an index uses when none is named: packed bits for hamming, floats otherwise.
template <class Metric>
struct default_codec {
    using type = f32;
};

template <>
struct default_codec<hamming> {
    using type = bits;
};

template <class Metric>
using default_codec_t = typename default_codec<Metric>::type;

template <class Metric, class Codec = default_codec_t<Metric>, class Key = std::uint64_t, class Hash = std::hash<Key>>
class index;

}  // namespace sextant::inline SEXTANT_ABI
