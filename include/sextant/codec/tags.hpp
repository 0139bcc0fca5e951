#pragma once

#include "bits.hpp"
#include "f32_custom.hpp"
#include "float.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

template <class Stored, class Metric>
struct floats_for;

template <class Stored, reducing_metric Metric>
struct floats_for<Stored, Metric> {
    using type = float_codec<Metric, Stored>;
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

/// Full-precision floats, for l2, inner_product, cosine and custom metrics.
struct f32 {
    template <class Metric>
    using for_metric = typename detail::floats_for<float, Metric>::type;
};

/// Floats rounded to 16 bits, 11 of them significant, and at most 65,504 in magnitude; for l2, inner_product and cosine.
struct f16 {
    template <class Metric>
    using for_metric = typename detail::floats_for<half, Metric>::type;
};

/// Floats rounded to 16 bits, 8 of them significant, of any magnitude; for l2, inner_product and cosine.
struct bf16 {
    template <class Metric>
    using for_metric = typename detail::floats_for<bfloat16, Metric>::type;
};

/// Packed bits, for hamming.
struct bits {
    template <class Metric>
    using for_metric = typename detail::bits_for<Metric>::type;
};

}  // namespace sextant::inline SEXTANT_ABI
