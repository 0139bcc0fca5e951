#pragma once

#include <sextant/sextant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "index/support/cases.hpp"
#include "index/support/codec_cases.hpp"
#include "index/support/keys.hpp"
#include "support/sanitizers.hpp"

template <>
inline constexpr bool sextant::key_is_bytes<support::uuid> = true;

namespace io_test {

/// A kind of index, with data and keys that suit it.
template <class Metric, class Codec, class Key = std::uint64_t, class Hash = std::hash<Key>>
struct kind {
    using index = sextant::index<Metric, Codec, Key, Hash>;
    using key = Key;
    using element = typename index::element;
    static constexpr bool of_bits = std::is_same_v<Metric, sextant::hamming>;
    static constexpr std::size_t dim = of_bits ? 75 : support::codec_case<Metric, Codec>::dim;

    static support::matrix<element> points(std::size_t count, std::uint64_t seed, std::uint64_t stream = 0) {
        if constexpr (of_bits) {
            return support::random_codes(count, (dim + 7) / 8, seed + stream);
        } else {
            return support::codec_case<Metric, Codec>::points(count, seed, stream);
        }
    }

    static key key_of(std::uint64_t n) { return support::key_of<Key>(n); }

    static index make(std::size_t count, std::size_t degree = 8, std::uint64_t seed = 7) {
        index made({.dim = dim, .degree = degree, .ef_construction = 40});
        const auto vectors = points(count, seed);
        for (std::size_t i = 0; i < count; ++i) made.insert(key_of(i), vectors[i]);
        return made;
    }

    /// The same with every fifth erased, some of which still take room.
    static index make_with_dead(std::size_t count, std::size_t degree = 8) {
        index made = make(count, degree);
        for (std::size_t i = 0; i < count; i += 5) made.erase(key_of(i));
        return made;
    }
};

using bytes16 = std::array<std::uint8_t, 16>;

struct bytes16_hash {
    std::size_t operator()(const bytes16& key) const noexcept { return key[0] + 256u * key[1]; }
};

}  // namespace io_test

template <>
inline io_test::bytes16 support::key_of<io_test::bytes16>(std::uint64_t n) {
    return support::key_of<support::uuid>(n).bytes;
}

namespace io_test {

using sextant::bf16;
using sextant::bits;
using sextant::cosine;
using sextant::f16;
using sextant::f32;
using sextant::hamming;
using sextant::inner_product;
using sextant::l2;
using sextant::lvq;
using sextant::rabitq;
using sextant::rerank;

using kinds = support::kinds_to_test<
    testing::Types<kind<l2, f32>, kind<cosine, f32, std::string>, kind<inner_product, f32, std::int32_t>, kind<cosine, f16>,
                   kind<l2, bf16, std::uint8_t>, kind<l2, sextant::u8>, kind<cosine, sextant::i8>,
                   kind<hamming, bits, bytes16, bytes16_hash>, kind<l2, lvq<8>>, kind<cosine, lvq<4>>,
                   kind<l2, lvq<4, 8>, support::uuid, support::uuid_hash>, kind<cosine, rerank<lvq<4>, f16>>,
                   kind<inner_product, rabitq<4>>, kind<l2, rerank<rabitq<2>, lvq<8>>, std::string>,
                   kind<support::chebyshev, f32>>,
    testing::Types<kind<cosine, f32, std::string>, kind<hamming, bits, bytes16, bytes16_hash>, kind<l2, sextant::u8>,
                   kind<l2, lvq<4, 8>, support::uuid, support::uuid_hash>,
                   kind<l2, rerank<rabitq<2>, lvq<8>>, std::string>>>;

}  // namespace io_test
