#include <sextant/codec/bits.hpp>
#include <sextant/codec/float.hpp>
#include <sextant/codec/f32_custom.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>
#include <sextant/simd/reduce.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "conformance/archetypes.hpp"
#include "index/support/cases.hpp"
#include "index/support/points.hpp"

namespace codecs_test {

bool same(float a, float b) { return a == b; }
bool same(std::uint8_t a, std::uint8_t b) { return a == b; }
bool same(archetypes::coordinate a, archetypes::coordinate b) { return a.value == b.value; }

/// What the words above the concept `codec` say, over everything that claims to be one, at several dimensions.
template <class Codec>
class codecs : public testing::Test {
protected:
    using element = typename Codec::element;
    static constexpr std::size_t count = 9;

    static support::matrix<element> rows(const Codec& codec) {
        if constexpr (std::is_same_v<element, float>) {
            return support::grid_points(count, codec.length(), 221, 5);
        } else if constexpr (std::is_same_v<element, std::uint8_t>) {
            support::matrix<element> codes = support::random_codes(count, codec.length(), 221);
            const auto bits = static_cast<unsigned>(codec.dim() % 8);
            for (std::size_t row = 0; bits != 0 && row < count; ++row) {
                codes.values[(row + 1) * codec.length() - 1] &= static_cast<std::uint8_t>((1u << bits) - 1);
            }
            return codes;
        } else {
            const support::matrix<float> points = support::grid_points(count, codec.length(), 221, 5);
            support::matrix<element> result{count, codec.length(), {}};
            for (const float value : points.values) result.values.push_back({static_cast<std::int32_t>(value)});
            return result;
        }
    }

    /// Codes at the alignment a record gives them, each with a guard behind it.
    struct block {
        alignas(sextant::cache_line) std::array<std::byte, 2048> bytes;
    };

    template <class Test>
    void for_each_dim(Test&& test) {
        for (const std::size_t dim : {1u, 2u, 7u, 8u, 9u, 31u, 64u, 65u, 100u}) {
            SCOPED_TRACE(dim);
            const Codec codec(dim);
            test(codec, rows(codec));
        }
    }
};

using implementations =
    testing::Types<archetypes::codec, sextant::f32_codec<sextant::l2>, sextant::f32_codec<sextant::inner_product>,
                   sextant::f32_codec<sextant::cosine>, sextant::split_float_codec<sextant::l2>,
                   sextant::split_float_codec<sextant::cosine>, sextant::f16_codec<sextant::l2>,
                   sextant::f16_codec<sextant::inner_product>, sextant::f16_codec<sextant::cosine>,
                   sextant::bf16_codec<sextant::l2>, sextant::bf16_codec<sextant::inner_product>,
                   sextant::bf16_codec<sextant::cosine>, sextant::bits_codec,
                   sextant::f32_custom_codec<decltype(support::chebyshev::function)>>;
TYPED_TEST_SUITE(codecs, implementations);

TYPED_TEST(codecs, say_their_sizes) {
    this->for_each_dim([](const TypeParam& codec, const auto&) {
        EXPECT_GE(codec.length(), 1u);
        EXPECT_LE(codec.length(), codec.dim());
        EXPECT_GE(codec.query_bytes(), codec.length());
        EXPECT_GE(codec.code_bytes(), codec.length());
        EXPECT_LE(codec.dim(), std::size_t{TypeParam::max_dim});
    });
}

TYPED_TEST(codecs, give_back_what_they_encoded_and_stay_within_their_bytes) {
    this->for_each_dim([](const TypeParam& codec, const auto& rows) {
        typename TestFixture::block code;
        code.bytes.fill(std::byte{0xA5});
        for (std::size_t row = 0; row < rows.rows; ++row) {
            sextant::check(codec, rows[row]);
            codec.encode(rows[row], code.bytes.data());
            std::vector<typename TypeParam::element> back(codec.length());
            codec.decode(code.bytes.data(), back);
            for (std::size_t i = 0; i < back.size(); ++i) ASSERT_TRUE(same(back[i], rows[row][i]));
        }
        EXPECT_TRUE(std::all_of(code.bytes.begin() + static_cast<std::ptrdiff_t>(codec.code_bytes()), code.bytes.end(),
                                [](std::byte b) { return b == std::byte{0xA5}; }));
    });
}

TYPED_TEST(codecs, compare_prepared_vectors_and_stored_codes_alike) {
    this->for_each_dim([](const TypeParam& codec, const auto& rows) {
        std::vector<typename TestFixture::block> codes(rows.rows);
        for (std::size_t row = 0; row < rows.rows; ++row) codec.encode(rows[row], codes[row].bytes.data());
        typename TestFixture::block query;
        typename TestFixture::block wide;
        for (std::size_t q = 0; q < rows.rows; ++q) {
            for (std::size_t n = 0; n <= sextant::simd::kernel_rows; ++n) {
                std::vector<const std::byte*> some;
                for (std::size_t i = 0; i < n; ++i) some.push_back(codes[(q + i) % rows.rows].bytes.data());
                std::array<float, sextant::simd::kernel_rows + 1> prepared;
                std::array<float, sextant::simd::kernel_rows + 1> stored;
                prepared.fill(-1.0f);
                stored.fill(-1.0f);
                codec.distances(codec.prepare(rows[q], query.bytes.data()), some.data(), n, prepared.data());
                codec.distances(codec.prepare_stored(codes[q].bytes.data(), wide.bytes.data()), some.data(), n, stored.data());
                ASSERT_EQ(prepared, stored);
                ASSERT_EQ(prepared[n], -1.0f) << "written past the end";
                for (std::size_t i = 0; i < n; ++i) {
                    float alone = 0.0f;
                    codec.distances(codec.prepare_stored(codes[q].bytes.data(), wide.bytes.data()), &some[i], 1, &alone);
                    ASSERT_EQ(prepared[i], alone) << "row " << i << " of " << n;
                }
            }
        }
    });
}

TYPED_TEST(codecs, are_symmetric) {
    this->for_each_dim([](const TypeParam& codec, const auto& rows) {
        std::vector<typename TestFixture::block> codes(rows.rows);
        for (std::size_t row = 0; row < rows.rows; ++row) codec.encode(rows[row], codes[row].bytes.data());
        const auto distance = [&](std::size_t a, std::size_t b) {
            const std::byte* const code = codes[b].bytes.data();
            typename TestFixture::block wide;
            float result = 0.0f;
            codec.distances(codec.prepare_stored(codes[a].bytes.data(), wide.bytes.data()), &code, 1, &result);
            return result;
        };
        for (std::size_t a = 0; a < rows.rows; ++a) {
            for (std::size_t b = 0; b < rows.rows; ++b) ASSERT_FLOAT_EQ(distance(a, b), distance(b, a));
        }
    });
}

}  // namespace codecs_test
