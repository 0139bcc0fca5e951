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
struct u8;
struct i8;
struct bits;
template <unsigned Bits, unsigned ResidualBits = 0>
struct lvq;

/// How RaBitQ finds the code of a vector: the best one that some values of a scale give, or the best there is, which takes
/// at least 20 times as long and is seldom much better (rabitq_quantise.hpp). Codes of both are one format, and can be
/// compared, saved and loaded as each other.
enum class rabitq_encoding : unsigned char { fast, exact };

template <unsigned Bits, rabitq_encoding Encoding = rabitq_encoding::fast>
struct rabitq;
template <class Coarse, class Fine>
struct rerank;

using lvq8 = lvq<8>;
using lvq4 = lvq<4>;

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
