// What every codec must do, run over each of them.
#include <sextant/codec/codec.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sextant/codec/tags.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>

#include "codec/aligned_block.hpp"
#include "support/allocations.hpp"
#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

namespace any_codec_test {

using codec_test::aligned_block;
using sextant::bits_codec;
using sextant::bf16_codec;
using sextant::f16_codec;
using sextant::f32_codec;
using sextant::f32_custom_codec;
using sextant::float_codec;

constexpr std::size_t most_codes = sextant::simd::kernel_rows;

/// Σ |x − y| in doubles: the float it returns is as good as a float can be.
struct manhattan {
    float operator()(std::span<const float> a, std::span<const float> b) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(double{a[i]} - b[i]);
        return static_cast<float>(sum);
    }
};

struct expected_distance {
    double value;
    double tolerance;
};

template <class Stored>
expected_distance expected(const float_codec<sextant::l2, Stored>&, std::span<const float> a,
                           std::span<const float> b) {
    const auto sum = support::squared_difference(a, b);
    return {sum.value, sum.tolerance()};
}

template <class Stored>
expected_distance expected(const float_codec<sextant::inner_product, Stored>&, std::span<const float> a,
                           std::span<const float> b) {
    const auto sum = support::product(a, b);
    return {1.0 - sum.value,
            sum.tolerance() + std::numeric_limits<float>::epsilon() * (1.0 + std::abs(sum.value))};
}

template <class Stored>
expected_distance expected(const float_codec<sextant::cosine, Stored>&, std::span<const float> a,
                           std::span<const float> b) {
    const auto sum = support::product(a, b);
    const double norms = std::sqrt(support::product(a, a).value * support::product(b, b).value);
    const double scales = static_cast<double>(a.size() + 8) * std::numeric_limits<float>::epsilon();
    return {1.0 - sum.value / norms, sum.tolerance() / norms + scales};
}

expected_distance expected(const f32_custom_codec<manhattan>&, std::span<const float> a,
                           std::span<const float> b) {
    const double value = manhattan()(a, b);
    return {value, 0.0};
}

expected_distance expected(const bits_codec& codec, std::span<const std::uint8_t> a,
                           std::span<const std::uint8_t> b) {
    return {static_cast<double>(support::differing_bits(a, b, codec.dim())), 0.0};
}

std::vector<std::size_t> dimensions() {
    std::vector<std::size_t> dims;
    for (std::size_t dim = 1; dim <= 130; ++dim) dims.push_back(dim);
    for (const std::size_t dim : {256u, 257u, 511u, 784u, 1000u, 1536u, 4097u}) dims.push_back(dim);
    return dims;
}

/// A value as the codec keeps it.
template <class Codec>
float kept(const Codec&, float value) {
    return value;
}

template <class Metric, class Stored>
float kept(const float_codec<Metric, Stored>&, float value) {
    return static_cast<float>(Stored(value));
}

/// A vector that storing does not change; f16_test.cpp has the others.
template <class Codec>
std::vector<typename Codec::element> random_vector(const Codec& codec, std::uint64_t seed) {
    if constexpr (std::same_as<typename Codec::element, float>) {
        auto vector = support::random_floats(codec.length(), seed, -10.0f, 10.0f);
        for (float& value : vector) value = kept(codec, value);
        return vector;
    } else {
        return support::random_bytes(codec.length(), seed);
    }
}

/// Whether a stored code is compared in the same steps as its vector, so that not even the rounding differs.
template <class Codec>
constexpr bool compares_codes_like_vectors = true;

template <class Metric, class Stored>
constexpr bool compares_codes_like_vectors<float_codec<Metric, Stored>> =
    !sextant::simd::reduce_stored<typename Metric::reduction, Stored>::available;

template <class Codec>
aligned_block encoded(const Codec& codec, std::span<const typename Codec::element> vector) {
    aligned_block code(codec.code_bytes());
    codec.encode(vector, code.get());
    return code;
}

template <class Codec>
float one_distance(const Codec& codec, const typename Codec::query& query, const std::byte* code) {
    float distance = std::numeric_limits<float>::quiet_NaN();
    codec.distances(query, &code, 1, &distance);
    return distance;
}

template <class Codec>
class any_codec : public testing::Test {
    static_assert(sextant::codec<Codec>);
};

struct codec_names {
    template <class Codec>
    static std::string GetName(int) {
        if (std::same_as<Codec, bits_codec>) return "bits";
        if (std::same_as<Codec, f32_custom_codec<manhattan>>) return "f32_custom";
        const std::string metric = std::same_as<typename Codec::metric_type, sextant::l2>       ? "l2"
                                   : std::same_as<typename Codec::metric_type, sextant::cosine> ? "cosine"
                                                                                                : "inner_product";
        if (Codec(8).code_bytes() >= 32) return "f32_" + metric;
        return (kept(Codec(8), 1e6f) < 1e7f ? "bf16_" : "f16_") + metric;
    }
};

using codecs = testing::Types<f32_codec<sextant::l2>, f32_codec<sextant::inner_product>,
                              f32_codec<sextant::cosine>, f16_codec<sextant::l2>,
                              f16_codec<sextant::inner_product>, f16_codec<sextant::cosine>,
                              bf16_codec<sextant::l2>, bf16_codec<sextant::inner_product>,
                              bf16_codec<sextant::cosine>, f32_custom_codec<manhattan>, bits_codec>;
TYPED_TEST_SUITE(any_codec, codecs, codec_names);

TYPED_TEST(any_codec, knows_its_dimension) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        EXPECT_EQ(codec.dim(), dim);
        EXPECT_GT(codec.length(), 0u);
        EXPECT_LE(codec.length(), dim);
    }
    EXPECT_GE(TypeParam::max_dim, 65'536u);
}

TYPED_TEST(any_codec, accepts_vectors_of_its_length_and_no_other) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        auto vector = random_vector(codec, dim);
        EXPECT_NO_THROW(sextant::check(codec, vector));
        vector.resize(codec.length() + 1, typename TypeParam::element{1});
        for (const std::size_t length : {std::size_t{0}, codec.length() - 1, codec.length() + 1}) {
            try {
                sextant::check(codec, std::span(vector).first(length));
                ADD_FAILURE() << "length " << length << " was accepted for dim " << dim;
            } catch (const sextant::error& e) {
                EXPECT_EQ(e.code(), sextant::errc::dimension_mismatch);
            }
        }
    }
}

TYPED_TEST(any_codec, gives_back_what_was_stored) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        auto vector = random_vector(codec, dim);
        if constexpr (std::same_as<TypeParam, bits_codec>) {
            // What lies beyond dim is no part of the vector (bits_test.cpp).
            if (dim % 8 != 0) vector.back() &= static_cast<std::uint8_t>((1u << (dim % 8)) - 1);
        }
        const auto before = vector;
        const aligned_block code = encoded(codec, vector);
        EXPECT_EQ(vector, before) << "encoding changed the caller's vector";
        std::vector<typename TypeParam::element> back(codec.length());
        codec.decode(code.get(), back);
        ASSERT_EQ(std::memcmp(back.data(), vector.data(), std::span(vector).size_bytes()), 0)
            << "dim " << dim;
    }
}

TYPED_TEST(any_codec, writes_every_byte_of_a_code_and_no_other) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto vector = random_vector(codec, dim);
        const std::size_t room = std::max(codec.code_bytes(), codec.query_bytes()) + 64;
        aligned_block first(room);
        aligned_block second(room);
        for (const bool stored : {true, false}) {
            std::fill_n(first.get(), room, std::byte{0x11});
            std::fill_n(second.get(), room, std::byte{0xEE});
            const std::size_t bytes = stored ? codec.code_bytes() : codec.query_bytes();
            for (std::byte* const block : {first.get(), second.get()}) {
                if (stored) {
                    codec.encode(vector, block);
                } else {
                    codec.prepare(vector, block);
                }
            }
            ASSERT_EQ(std::memcmp(first.get(), second.get(), bytes), 0) << "what was there shines through";
            for (std::size_t i = bytes; i < room; ++i) {
                ASSERT_EQ(first.get()[i], std::byte{0x11})
                    << "dim " << dim << ", byte " << i << " of " << bytes;
            }
        }
    }
}

TYPED_TEST(any_codec, distances_to_1_to_4_codes_are_those_of_a_reference) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto query = random_vector(codec, 10 * dim);
        aligned_block bytes(codec.query_bytes());
        const auto prepared = codec.prepare(query, bytes.get());
        std::vector<aligned_block> stored;
        std::array<const std::byte*, most_codes> codes;
        std::array<expected_distance, most_codes> reference;
        for (std::size_t c = 0; c < most_codes; ++c) {
            const auto vector = random_vector(codec, 10 * dim + 1 + c);
            codes[c] = stored.emplace_back(encoded(codec, vector)).get();
            reference[c] = expected(codec, query, vector);
        }
        for (std::size_t n = 0; n <= most_codes; ++n) {
            std::array<float, most_codes + 1> out;
            out.fill(-12345.0f);
            codec.distances(prepared, codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) {
                ASSERT_NEAR(out[c], reference[c].value, reference[c].tolerance)
                    << "dim " << dim << ", code " << c;
            }
            for (std::size_t c = n; c < out.size(); ++c)
                ASSERT_EQ(out[c], -12345.0f) << "written without a code";
        }
    }
}

TYPED_TEST(any_codec, a_stored_code_makes_the_same_query_as_its_vector) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto vector = random_vector(codec, dim);
        auto query = vector;
        const aligned_block own = encoded(codec, query);
        aligned_block bytes(codec.query_bytes());
        const auto from_vector = codec.prepare(query, bytes.get());
        // A query borrows `bytes`, not the vector.
        std::fill(query.begin(), query.end(), typename TypeParam::element{});
        aligned_block wide(codec.query_bytes());
        const auto from_code = codec.prepare_stored(own.get(), wide.get());
        for (std::uint64_t seed = 1; seed < 4; ++seed) {
            const auto other = random_vector(codec, dim + 1000 * seed);
            const aligned_block code = encoded(codec, other);
            const float distance = one_distance(codec, from_code, code.get());
            if constexpr (compares_codes_like_vectors<TypeParam>) {
                ASSERT_EQ(one_distance(codec, from_vector, code.get()), distance) << "dim " << dim;
            } else {
                const expected_distance reference = expected(codec, vector, other);
                ASSERT_NEAR(distance, reference.value, reference.tolerance) << "dim " << dim;
            }
        }
    }
}

TYPED_TEST(any_codec, distances_are_symmetric_to_the_last_bit) {
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const auto a = random_vector(codec, dim);
        const auto b = random_vector(codec, dim + 1);
        const aligned_block code_a = encoded(codec, a);
        const aligned_block code_b = encoded(codec, b);
        const aligned_block bytes(codec.query_bytes());
        const float there = one_distance(codec, codec.prepare_stored(code_a.get(), bytes.get()), code_b.get());
        const float back = one_distance(codec, codec.prepare_stored(code_b.get(), bytes.get()), code_a.get());
        ASSERT_EQ(there, back) << "dim " << dim;
    }
}

TYPED_TEST(any_codec, a_vector_is_at_no_distance_from_itself) {
    using metric = typename TypeParam::metric_type;
    if constexpr (std::same_as<metric, sextant::inner_product>) {
        const TypeParam codec(2);
        const std::array<float, 2> vector{3, 4};
        const aligned_block code = encoded<TypeParam>(codec, vector);
        const aligned_block bytes(codec.query_bytes());
        EXPECT_EQ(one_distance(codec, codec.prepare_stored(code.get(), bytes.get()), code.get()), -24.0f)
            << "here it is 1 - |x|²";
        return;
    }
    // Cosine divides by rounded norms; what is left must not be negative.
    const float close = std::same_as<metric, sextant::cosine> ? 8e-7f : 0.0f;
    for (const std::size_t dim : dimensions()) {
        const TypeParam codec(dim);
        const aligned_block code = encoded(codec, random_vector(codec, dim));
        const aligned_block bytes(codec.query_bytes());
        const std::array<const std::byte*, most_codes> codes{code.get(), code.get(), code.get(), code.get()};
        for (std::size_t n = 1; n <= most_codes; ++n) {
            std::array<float, most_codes> out;
            codec.distances(codec.prepare_stored(code.get(), bytes.get()), codes.data(), n, out.data());
            for (std::size_t c = 0; c < n; ++c) {
                ASSERT_GE(out[c], 0.0f) << "dim " << dim;
                ASSERT_LE(out[c], close) << "dim " << dim;
            }
        }
    }
}

TYPED_TEST(any_codec, comparing_changes_and_allocates_nothing) {
    for (const std::size_t dim : {1u, 7u, 64u, 100u, 1000u}) {
        const TypeParam codec(dim);
        const auto vector = random_vector(codec, dim);
        aligned_block code(codec.code_bytes());
        aligned_block bytes(codec.query_bytes());
        std::vector<typename TypeParam::element> back(codec.length());
        const std::byte* const codes[] = {code.get()};
        float distance;
        const std::size_t asked = support::allocations();
        sextant::check(codec, vector);
        codec.encode(vector, code.get());
        const auto query = codec.prepare(vector, bytes.get());
        codec.distances(query, codes, 1, &distance);
        codec.distances(codec.prepare_stored(code.get(), bytes.get()), codes, 1, &distance);
        codec.decode(code.get(), back);
        EXPECT_EQ(support::allocations(), asked);
        const aligned_block again = encoded(codec, vector);
        EXPECT_EQ(std::memcmp(code.get(), again.get(), codec.code_bytes()), 0) << "comparing changed a code";
    }
}

TYPED_TEST(any_codec, reads_nothing_past_a_code) {
    const support::guarded_memory codes_end(1u << 14u);
    const support::guarded_memory query_end(1u << 14u);
    int tried = 0;
    for (std::size_t dim = 1; dim <= 2048; ++dim) {
        const TypeParam codec(dim);
        // Codes begin on cache lines, so only whole lines can also end where the memory ends.
        if (codec.code_bytes() % 64 != 0) continue;
        const auto vector = random_vector(codec, dim);
        std::byte* const code = codes_end.last(codec.code_bytes());
        codec.encode(vector, code);
        const aligned_block own = encoded(codec, random_vector(codec, dim + 1));
        const aligned_block bytes(codec.query_bytes());
        static_cast<void>(one_distance(codec, codec.prepare_stored(own.get(), bytes.get()), code));
        static_cast<void>(one_distance(codec, codec.prepare_stored(code, bytes.get()), own.get()));
        std::vector<typename TypeParam::element> back(codec.length());
        codec.decode(code, back);
        if (codec.query_bytes() % 64 == 0) {
            std::byte* const last = query_end.last(codec.query_bytes());
            static_cast<void>(one_distance(codec, codec.prepare(vector, last), code));
            static_cast<void>(one_distance(codec, codec.prepare_stored(code, last), code));
        }
        ++tried;
    }
    EXPECT_GE(tried, 20);
}

}  // namespace any_codec_test
