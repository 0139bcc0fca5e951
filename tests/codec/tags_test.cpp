#include <sextant/codec/tags.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <span>

#include <sextant/codec/codec.hpp>
#include <sextant/fwd.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

namespace {

using sextant::codec_for;
using sextant::default_codec_t;

using own_distance = float (*)(std::span<const float>, std::span<const float>);

template <class Codec, class Metric>
concept go_together = requires { typename codec_for<Codec, Metric>; };

TEST(tags, each_metric_has_its_codec) {
    static_assert(std::same_as<codec_for<sextant::f32, sextant::l2>, sextant::f32_codec<sextant::l2>>);
    static_assert(
        std::same_as<codec_for<sextant::f32, sextant::cosine>, sextant::f32_codec<sextant::cosine>>);
    static_assert(std::same_as<codec_for<sextant::f32, sextant::inner_product>,
                               sextant::f32_codec<sextant::inner_product>>);
    static_assert(std::same_as<codec_for<sextant::f32, sextant::custom<own_distance>>,
                               sextant::f32_custom_codec<own_distance>>);
    static_assert(std::same_as<codec_for<sextant::bits, sextant::hamming>, sextant::bits_codec>);
}

TEST(tags, bits_are_for_hamming_and_floats_for_everything_else) {
    static_assert(!go_together<sextant::bits, sextant::l2>);
    static_assert(!go_together<sextant::bits, sextant::cosine>);
    static_assert(!go_together<sextant::f32, sextant::hamming>);
    static_assert(!go_together<sextant::f32, int>);
}

TEST(tags, the_default_codec_follows_from_the_metric) {
    static_assert(std::same_as<default_codec_t<sextant::l2>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::cosine>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::custom<own_distance>>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::hamming>, sextant::bits>);
}

}  // namespace
