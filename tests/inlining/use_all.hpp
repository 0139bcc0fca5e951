#pragma once

#include <cstddef>
#include <span>
#include <sextant/codec/tags.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

template <class Codec, class Metric>
void use(const float* vector, float* back, std::byte* bytes, const std::byte* const* codes) {
    const sextant::codec_for<Codec, Metric> codec(128, Metric{});
    const std::span<const float> values(vector, codec.length());
    codec.encode(values, bytes);
    codec.decode(bytes, std::span<float>(back, codec.length()));
    codec.distances(codec.prepare(values, bytes), codes, 4, back);
    codec.distances(codec.prepare_stored(codes[0], bytes), codes, 3, back);
}

/// All that these codecs do with vectors: compiled, never run.
template <class... Codecs>
void use_all(const float* vector, float* back, std::byte* bytes, const std::byte* const* codes) {
    (use<Codecs, sextant::l2>(vector, back, bytes, codes), ...);
    (use<Codecs, sextant::inner_product>(vector, back, bytes, codes), ...);
    (use<Codecs, sextant::cosine>(vector, back, bytes, codes), ...);
}
