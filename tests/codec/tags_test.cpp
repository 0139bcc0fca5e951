#include <sextant/codec/tags.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <span>

#include <sextant/codec/codec.hpp>
#include <sextant/fwd.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

namespace tags_test {

using sextant::codec_for;
using sextant::default_codec_t;
using sextant::stores_for;

using own_distance = float (*)(std::span<const float>, std::span<const float>);

TEST(tags, each_metric_has_its_codec) {
    static_assert(std::same_as<codec_for<sextant::f32, sextant::l2>, sextant::split_float_codec<sextant::l2>>);
    static_assert(
        std::same_as<codec_for<sextant::f32, sextant::cosine>, sextant::split_float_codec<sextant::cosine>>);
    static_assert(std::same_as<codec_for<sextant::f32, sextant::inner_product>,
                               sextant::f32_codec<sextant::inner_product>>);
    static_assert(std::same_as<codec_for<sextant::f32, sextant::custom<own_distance>>,
                               sextant::f32_custom_codec<own_distance>>);
    static_assert(std::same_as<codec_for<sextant::f16, sextant::l2>, sextant::f16_codec<sextant::l2>>);
    static_assert(
        std::same_as<codec_for<sextant::f16, sextant::cosine>, sextant::f16_codec<sextant::cosine>>);
    static_assert(std::same_as<codec_for<sextant::bf16, sextant::inner_product>,
                               sextant::bf16_codec<sextant::inner_product>>);
    static_assert(std::same_as<codec_for<sextant::bits, sextant::hamming>, sextant::bits_codec>);
}

TEST(tags, rabitq_encodes_fast_unless_told_otherwise) {
    using sextant::rabitq;
    using sextant::rabitq_encoding;
    using exact = rabitq<4, rabitq_encoding::exact>;
    static_assert(std::same_as<rabitq<4>, rabitq<4, rabitq_encoding::fast>>);
    static_assert(!std::same_as<codec_for<exact, sextant::l2>, codec_for<rabitq<4>, sextant::l2>>);
    EXPECT_EQ(exact::name(), rabitq<4>::name()) << "codes of both are one format";
}

TEST(tags, bits_are_for_hamming_and_floats_for_everything_else) {
    static_assert(!stores_for<sextant::bits, sextant::l2>);
    static_assert(!stores_for<sextant::bits, sextant::cosine>);
    static_assert(!stores_for<sextant::f32, sextant::hamming>);
    static_assert(!stores_for<sextant::f16, sextant::hamming>);
    static_assert(!stores_for<sextant::bf16, sextant::hamming>);
    static_assert(!stores_for<sextant::f32, int>);
    static_assert(stores_for<sextant::f32, sextant::l2> && stores_for<sextant::bits, sextant::hamming>);
}

TEST(tags, own_distances_are_between_whole_floats) {
    static_assert(stores_for<sextant::f32, sextant::custom<own_distance>>);
    static_assert(!stores_for<sextant::f16, sextant::custom<own_distance>>);
    static_assert(!stores_for<sextant::bf16, sextant::custom<own_distance>>);
}

TEST(tags, the_default_codec_follows_from_the_metric) {
    static_assert(std::same_as<default_codec_t<sextant::l2>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::cosine>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::custom<own_distance>>, sextant::f32>);
    static_assert(std::same_as<default_codec_t<sextant::hamming>, sextant::bits>);
}

}  // namespace tags_test
