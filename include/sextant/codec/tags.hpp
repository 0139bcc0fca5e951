#pragma once

#include "bits.hpp"
#include "f32.hpp"
#include "f32_custom.hpp"

namespace sextant::inline SEXTANT_ABI {

namespace detail {

template <class Metric>
struct f32_for;

template <reducing_metric Metric>
struct f32_for<Metric> {
    using type = f32_codec<Metric>;
};

template <class F>
struct f32_for<custom<F>> {
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
    using for_metric = typename detail::f32_for<Metric>::type;
};

/// Packed bits, for hamming.
struct bits {
    template <class Metric>
    using for_metric = typename detail::bits_for<Metric>::type;
};

}  // namespace sextant::inline SEXTANT_ABI
