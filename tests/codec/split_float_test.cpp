// What split_float_codec promises beyond the words of `codec`: nothing is lost, half is read, and small distances are exact.
#include <sextant/codec/split_float.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include <sextant/codec/stored_state.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/l2.hpp>

#include "codec/aligned_block.hpp"
#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"

namespace split_float_test {

using codec_test::aligned_block;
using sextant::cosine;
using sextant::f32_codec;
using sextant::l2;
using sextant::split_float_codec;

constexpr std::size_t most_codes = sextant::simd::kernel_rows;

template <class Metric>
class split_float : public testing::Test {
protected:
    /// A codec as one of a file from before there were two planes.
    static split_float_codec<Metric> of_one_plane(std::size_t dim) {
        split_float_codec<Metric> made(dim);
        sextant::byte_reader nothing({});
        EXPECT_TRUE(made.read_state(nothing));
        return made;
    }

    template <class Codec>
    static std::array<float, 2> exact_and_ranked(const Codec& c, const std::vector<float>& a, const std::vector<float>& b) {
        const aligned_block code(c.code_bytes());
        const aligned_block query(c.query_bytes());
        c.encode(b, code.get());
        const std::byte* const codes[]{code.get()};
        std::array<float, 2> out;
        const auto q = c.prepare(a, query.get());
        exact_distances(c, q, codes, 1, &out[0]);
        c.distances(q, codes, 1, &out[1]);
        return out;
    }
};

using metrics = testing::Types<l2, cosine>;
struct metric_names {
    template <class Metric>
    static std::string GetName(int) {
        return Metric::name();
    }
};
TYPED_TEST_SUITE(split_float, metrics, metric_names);

TYPED_TEST(split_float, is_as_long_as_the_floats) {
    for (const std::size_t dim : {1u, 63u, 64u, 65u, 1536u, 1537u}) {
        const split_float_codec<TypeParam> codec(dim);
        const f32_codec<TypeParam> plain(dim);
        EXPECT_EQ(codec.code_bytes(), plain.code_bytes());
        EXPECT_EQ(codec.front_bytes(), dim < 64 ? plain.code_bytes() : plain.code_bytes() - 2 * dim);
    }
}

TYPED_TEST(split_float, gives_back_every_bit) {
    for (const std::size_t dim : {3u, 63u, 64u, 65u, 100u, 784u, 1537u}) {
        const split_float_codec<TypeParam> codec(dim);
        const auto vector = support::random_floats(dim, dim, -3.0f, 3.0f);
        const aligned_block code(codec.code_bytes());
        codec.encode(vector, code.get());
        EXPECT_TRUE(codec.valid_code(code.get()));
        std::vector<float> back(dim);
        codec.decode(code.get(), back);
        EXPECT_EQ(std::memcmp(back.data(), vector.data(), 4 * dim), 0) << dim;
    }
}

TYPED_TEST(split_float, compares_a_stored_vector_by_all_its_bits_as_it_does_a_given_one) {
    for (const std::size_t dim : {3u, 64u, 65u, 784u}) {
        const split_float_codec<TypeParam> codec(dim);
        const aligned_block given_bytes(codec.query_bytes());
        const aligned_block stored_bytes(codec.query_bytes());
        const std::array<aligned_block, 2> blocks{aligned_block(codec.code_bytes()), aligned_block(codec.code_bytes())};
        // Near each other, so that distances() has to ask all bits too, and not.
        for (const float least : {-1.0f, 999.0f}) {
            const auto vector = support::random_floats(dim, 1, least, least + 2.0f);
            codec.encode(vector, blocks[0].get());
            codec.encode(support::random_floats(dim, 2, least, least + 2.0f), blocks[1].get());
            const std::array<const std::byte*, 2> codes{blocks[0].get(), blocks[1].get()};
            const auto given = codec.prepare(vector, given_bytes.get());
            const auto stored = codec.prepare_stored(codes[0], stored_bytes.get());
            std::array<float, 2> expected;
            std::array<float, 2> told;
            codec.exact_distances(given, codes.data(), 2, expected.data());
            codec.exact_distances(stored, codes.data(), 2, told.data());
            EXPECT_EQ(told, expected) << dim;
            if (least < 0.0f) continue;
            codec.distances(stored, codes.data(), 2, told.data());
            EXPECT_EQ(told, expected) << dim;
        }
    }
}

TYPED_TEST(split_float, tells_the_distance_of_the_floats_and_nearly_that_from_half) {
    for (const std::size_t dim : {2u, 63u, 64u, 65u, 100u, 129u, 784u, 1537u}) {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto a = support::random_floats(dim, 2 * seed);
            const auto b = support::random_floats(dim, 2 * seed + 1);
            const float expected = this->exact_and_ranked(f32_codec<TypeParam>(dim), a, b)[0];
            const auto [exact, ranked] = this->exact_and_ranked(split_float_codec<TypeParam>(dim), a, b);
            EXPECT_EQ(exact, expected) << dim;
            EXPECT_NEAR(ranked, expected, 0.005f * expected) << dim;
            EXPECT_EQ(ranked == expected, dim < 64) << "half of " << dim << " cannot tell what all does";
            const auto [whole, same] = this->exact_and_ranked(this->of_one_plane(dim), a, b);
            EXPECT_EQ(whole, expected) << dim;
            EXPECT_EQ(same, expected) << dim;
        }
    }
}

// As those of data whose mean is far from zero, which bfloat16 cannot tell apart.
TYPED_TEST(split_float, tells_small_distances_exactly) {
    for (const std::size_t dim : {64u, 100u, 784u}) {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto a = support::random_floats(dim, 2 * seed, 999.0f, 1001.0f);
            const auto b = support::random_floats(dim, 2 * seed + 1, 999.0f, 1001.0f);
            const auto [exact, ranked] = this->exact_and_ranked(split_float_codec<TypeParam>(dim), a, b);
            EXPECT_EQ(ranked, exact) << dim;
        }
    }
}

// Or equal vectors would not be ties.
TYPED_TEST(split_float, tells_the_same_whatever_else_it_compares) {
    for (const std::size_t dim : {64u, 101u}) {
        const split_float_codec<TypeParam> codec(dim);
        const auto vector = support::random_floats(dim, 1);
        auto near = vector;
        for (float& value : near) value *= 1.001f;
        near[0] += 0.01f;
        const aligned_block near_code(codec.code_bytes());
        const aligned_block far_code(codec.code_bytes());
        const aligned_block query(codec.query_bytes());
        codec.encode(near, near_code.get());
        codec.encode(support::random_floats(dim, 2), far_code.get());
        const auto q = codec.prepare(vector, query.get());
        const auto alone = [&](const std::byte* code) {
            float out;
            codec.distances(q, &code, 1, &out);
            return out;
        };
        const std::array<const std::byte*, most_codes> codes{far_code.get(), near_code.get(), far_code.get(), near_code.get()};
        for (std::size_t n = 1; n <= most_codes; ++n) {
            std::array<float, most_codes> out;
            codec.distances(q, codes.data(), n, out.data());
            for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(out[i], alone(codes[i])) << i << " of " << n;
        }
    }
}

TYPED_TEST(split_float, reads_the_front_alone_where_that_will_do) {
    for (const std::size_t dim : {64u, 65u, 100u, 784u, 1537u}) {
        const split_float_codec<TypeParam> codec(dim);
        const aligned_block code(codec.code_bytes());
        codec.encode(support::random_floats(dim, 1), code.get());
        const support::guarded_memory memory(codec.front_bytes());
        std::byte* const front = memory.last(codec.front_bytes());
        std::memcpy(front, code.get(), codec.front_bytes());
        const aligned_block query(codec.query_bytes());
        const std::array<const std::byte*, most_codes> codes{front, front, front, front};
        for (std::size_t n = 1; n <= most_codes; ++n) {
            std::array<float, most_codes> out;
            codec.distances(codec.prepare(support::random_floats(dim, 2), query.get()), codes.data(), n, out.data());
            for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(out[i], out[0]);
        }
        const aligned_block other(codec.code_bytes());
        codec.encode(support::random_floats(dim, 2), other.get());
        const std::byte* const far = other.get();
        float out;
        codec.distances(codec.prepare_stored(front, query.get()), &far, 1, &out);
        EXPECT_GT(out, 0.0f);
    }
}

TYPED_TEST(split_float, knows_codes_that_are_no_vectors) {
    constexpr std::size_t dim = 70;
    const split_float_codec<TypeParam> codec(dim);
    const aligned_block code(codec.code_bytes());
    const auto put = [&](std::size_t at, std::uint16_t bits) { std::memcpy(code.get() + at, &bits, sizeof(bits)); };
    const auto is_valid_with = [&](std::uint16_t near, std::uint16_t rest) {
        codec.encode(support::random_floats(dim, 1), code.get());
        put(2 * 33, near);
        put(codec.front_bytes() + 2 * 33, rest);
        return codec.valid_code(code.get());
    };
    codec.encode(support::random_floats(dim, 1), code.get());
    EXPECT_TRUE(codec.valid_code(code.get()));
    EXPECT_FALSE(is_valid_with(0x7F80, 0)) << "infinity";
    EXPECT_FALSE(is_valid_with(0x7FC0, 0)) << "NaN";
    EXPECT_FALSE(is_valid_with(0, 0xFFFF)) << "what rounds to zero is not below it";
    EXPECT_FALSE(is_valid_with(0x8000, 0xFFFF));
    EXPECT_FALSE(is_valid_with(0x7F80, 0xFFFF)) << "the largest float";
    if constexpr (TypeParam::scales) {
        codec.encode(support::random_floats(dim, 1), code.get());
        put(2 * dim + 2, 0x4000);
        EXPECT_FALSE(codec.valid_code(code.get())) << "another vector's scale";
    }
}

TYPED_TEST(split_float, says_in_a_file_how_codes_are_laid_out) {
    for (const std::size_t dim : {63u, 64u}) {
        const split_float_codec<TypeParam> codec(dim);
        sextant::byte_writer out;
        sextant::write_state(codec, out);
        EXPECT_EQ(out.bytes().empty(), dim < 64);
        split_float_codec<TypeParam> other(dim);
        sextant::byte_reader in(out.bytes());
        EXPECT_TRUE(sextant::read_state(other, in));
        EXPECT_TRUE(in.finished());
        EXPECT_EQ(other.front_bytes(), codec.front_bytes());
    }
    sextant::byte_writer out;
    sextant::write_state(split_float_codec<TypeParam>(64), out);
    split_float_codec<TypeParam> too_short(63);
    sextant::byte_reader in(out.bytes());
    EXPECT_FALSE(sextant::read_state(too_short, in));

    auto old = this->of_one_plane(64);
    EXPECT_EQ(old.front_bytes(), old.code_bytes());
    sextant::byte_writer nothing;
    sextant::write_state(old, nothing);
    EXPECT_TRUE(nothing.bytes().empty());
    const auto vector = support::random_floats(64, 1);
    const aligned_block code(old.code_bytes());
    old.encode(vector, code.get());
    EXPECT_EQ(std::memcmp(code.get(), vector.data(), 4 * 64), 0) << "an old file's codes go on being made as they were";
}

}  // namespace split_float_test
