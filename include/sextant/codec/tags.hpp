#pragma once

#include <string>

#include "../fwd.hpp"
#include "affine.hpp"
#include "bits.hpp"
#include "f32_custom.hpp"
#include "float.hpp"
#include "integer.hpp"
#include "lvq_quantiser.hpp"
#include "rabitq.hpp"
#include "rerank.hpp"
#include "residual.hpp"
#include "split_float.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

template <class Stored, class Metric>
struct floats_for;

template <class Stored, reducing_metric Metric>
struct floats_for<Stored, Metric> {
    using type = float_codec<Metric, Stored>;
};

template <splittable_metric Metric>
struct floats_for<float, Metric> {
    using type = split_float_codec<Metric>;
};

template <class F>
struct floats_for<float, custom<F>> {
    using type = f32_custom_codec<F>;
};

template <class Metric>
struct bits_for;

template <>
struct bits_for<hamming> {
    using type = bits_codec;
};

}  // namespace detail

/// Full-precision floats, for l2, inner_product, cosine and custom metrics. Under l2 and cosine a search ranks what it meets by
/// half of each float, from 64 dimensions on, and compares the best anew by all of it (split_float.hpp).
struct f32 {
    static std::string name() { return "f32"; }

    template <class Metric>
    using for_metric = typename detail::floats_for<float, Metric>::type;
};

/// Floats rounded to 16 bits, 11 of them significant, and at most 65,504 in magnitude; for l2, inner_product and cosine.
struct f16 {
    static std::string name() { return "f16"; }

    template <class Metric>
    using for_metric = typename detail::floats_for<half, Metric>::type;
};

/// Floats rounded to 16 bits, 8 of them significant, of any magnitude; for l2, inner_product and cosine.
struct bf16 {
    static std::string name() { return "bf16"; }

    template <class Metric>
    using for_metric = typename detail::floats_for<bfloat16, Metric>::type;
};

/// 8-bit integers, compared exactly; for data made of such, like SIFT descriptors or pixels.
struct u8 {
    static std::string name() { return "u8"; }

    template <class Metric>
    using for_metric = integer_codec<Metric, std::uint8_t>;
};

struct i8 {
    static std::string name() { return "i8"; }

    template <class Metric>
    using for_metric = integer_codec<Metric, std::int8_t>;
};

/// Locally adaptive vector quantisation, Bits a coordinate; with ResidualBits, a second code of what the first leaves over is
/// kept apart for re-ranking.
template <unsigned Bits, unsigned ResidualBits>
struct lvq {
    static std::string name() { return "lvq<" + std::to_string(Bits) + "," + std::to_string(ResidualBits) + ">"; }

    template <class Metric>
    using for_metric = residual_codec<Metric, lvq_quantiser<Bits>, ResidualBits>;
};

template <unsigned Bits>
struct lvq<Bits, 0> {
    static std::string name() { return "lvq<" + std::to_string(Bits) + ">"; }

    template <class Metric>
    using for_metric = affine_codec<Metric, lvq_quantiser<Bits>>;
};

/// Extended RaBitQ, Bits a coordinate, 1 to 8. The encoding is no part of the name, since it is none of the format.
template <unsigned Bits, rabitq_encoding Encoding>
struct rabitq {
    static std::string name() { return "rabitq<" + std::to_string(Bits) + ">"; }

    template <class Metric>
    using for_metric = affine_codec<Metric, rotated_rabitq<Bits, Encoding>>;
};

/// A small code for the beam and a faithful one, kept apart, for its best candidates.
template <class Coarse, class Fine>
struct rerank {
    static std::string name() { return "rerank<" + Coarse::name() + "," + Fine::name() + ">"; }

    template <class Metric>
    using for_metric = rerank_codec<codec_for<Coarse, Metric>, codec_for<Fine, Metric>>;
};

/// Packed bits, for hamming.
struct bits {
    static std::string name() { return "bits"; }

    template <class Metric>
    using for_metric = typename detail::bits_for<Metric>::type;
};

}  // namespace sextant::inline SEXTANT_ABI
