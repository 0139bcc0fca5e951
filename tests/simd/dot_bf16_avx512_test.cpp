#include <sextant/simd/dot_bf16_avx512.hpp>

#include <gtest/gtest.h>

#if defined(__AVX512BF16__) && defined(__AVX512BW__)

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <sextant/simd/dot.hpp>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

namespace dot_bf16_avx512_test {

namespace simd = sextant::simd;
using sextant::bfloat16;

constexpr std::size_t most_rows = simd::kernel_rows;
constexpr float untouched = -12345.0f;

std::vector<std::size_t> dimensions() {
    std::vector<std::size_t> dims;
    for (std::size_t dim = 0; dim <= 300; ++dim) dims.push_back(dim);
    for (const std::size_t dim : {511u, 768u, 769u, 1023u, 1535u, 1536u, 1537u, 4095u, 4097u, 65'536u}) {
        dims.push_back(dim);
    }
    return dims;
}

/// One more vector than there are rows: the first is the query.
struct operands {
    explicit operands(std::size_t dim, std::span<const float> from) : values(from.begin(), from.end()) {
        for (float& value : values) {
            stored.push_back(bfloat16(value));
            value = static_cast<float>(stored.back());
        }
        for (std::size_t v = 0; v <= most_rows; ++v) {
            floats[v] = std::span<const float>(values).subspan(v * dim, dim);
            vectors[v] = std::span<const bfloat16>(stored).subspan(v * dim, dim);
        }
    }

    operands(const operands&) = delete;
    operands& operator=(const operands&) = delete;

    std::vector<float> values;
    std::vector<bfloat16> stored;
    std::array<std::span<const float>, most_rows + 1> floats;
    std::array<std::span<const bfloat16>, most_rows + 1> vectors;
};

/// Whole numbers, of which every sum is exact.
std::vector<float> whole_numbers(std::size_t dim) { return support::random_whole_floats((most_rows + 1) * dim, dim, 15); }

/// The sums over the first `count` rows, and nothing written behind them.
std::array<float, most_rows> sums_of(const std::array<const bfloat16*, most_rows + 1>& vectors, std::size_t count,
                                     std::size_t dim) {
    std::array<float, most_rows + 1> out;
    out.fill(untouched);
    simd::dot_bf16_avx512(vectors[0], vectors.data() + 1, count, dim, out.data());
    for (std::size_t r = count; r < out.size(); ++r) EXPECT_EQ(out[r], untouched) << "row " << r << " of " << count;
    std::array<float, most_rows> sums;
    std::copy_n(out.begin(), most_rows, sums.begin());
    return sums;
}

std::array<const bfloat16*, most_rows + 1> places_of(const operands& data) {
    std::array<const bfloat16*, most_rows + 1> places;
    for (std::size_t v = 0; v < places.size(); ++v) places[v] = data.vectors[v].data();
    return places;
}

TEST(dot_bf16_avx512, is_exact_on_whole_numbers) {
    for (const std::size_t dim : dimensions()) {
        const operands data(dim, whole_numbers(dim));
        for (std::size_t count = 0; count <= most_rows; ++count) {
            const auto sums = sums_of(places_of(data), count, dim);
            for (std::size_t r = 0; r < count; ++r) {
                ASSERT_EQ(double{sums[r]}, support::product(data.floats[0], data.floats[r + 1]).value)
                    << "dim " << dim << ", row " << r << " of " << count;
            }
        }
    }
}

TEST(dot_bf16_avx512, rounds_as_little_as_a_sum_must) {
    for (const std::size_t dim : dimensions()) {
        auto values = support::random_floats((most_rows + 1) * dim, dim);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = std::ldexp(values[i], static_cast<int>(i * 7 % 23) - 11);
        }
        const operands data(dim, values);
        for (std::size_t count = 1; count <= most_rows; ++count) {
            const auto sums = sums_of(places_of(data), count, dim);
            for (std::size_t r = 0; r < count; ++r) {
                const auto expected = support::product(data.floats[0], data.floats[r + 1]);
                ASSERT_NEAR(sums[r], expected.value, expected.tolerance())
                    << "dim " << dim << ", row " << r << " of " << count;
            }
        }
    }
}

/// Not the bound above, which is far away, but what widening comes to.
TEST(dot_bf16_avx512, rounds_no_more_than_widening) {
    for (const std::size_t dim : {100u, 128u, 768u, 1536u}) {
        double own = 0.0;
        double widened = 0.0;
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            auto values = support::random_floats((most_rows + 1) * dim, seed, 0.5f, 1.5f);
            for (std::size_t i = 0; i < values.size(); ++i) {
                values[i] = std::ldexp(values[i], static_cast<int>(i * 7 % 5));
            }
            const operands data(dim, values);
            const auto sums = sums_of(places_of(data), most_rows, dim);
            std::array<float, most_rows> wide;
            const auto places = places_of(data);
            simd::reduce_some<simd::product, xsimd::default_arch, bfloat16>(data.floats[0].data(), places.data() + 1,
                                                                            most_rows, dim, wide.data());
            for (std::size_t r = 0; r < most_rows; ++r) {
                const double expected = support::product(data.floats[0], data.floats[r + 1]).value;
                own += std::abs(double{sums[r]} / expected - 1.0);
                widened += std::abs(double{wide[r]} / expected - 1.0);
            }
        }
        EXPECT_LT(own, 1.15 * widened) << "dim " << dim;
    }
}

TEST(dot_bf16_avx512, is_symmetric_to_the_last_bit) {
    for (const std::size_t dim : dimensions()) {
        const operands data(dim, support::random_floats((most_rows + 1) * dim, dim, -10.0f, 10.0f));
        const auto places = places_of(data);
        auto turned = places;
        std::swap(turned[0], turned[1]);
        ASSERT_EQ(sums_of(places, most_rows, dim)[0], sums_of(turned, most_rows, dim)[0]) << "dim " << dim;
        ASSERT_EQ(sums_of(places, 1, dim)[0], sums_of(places, most_rows, dim)[0]) << "dim " << dim;
    }
}

TEST(dot_bf16_avx512, takes_what_is_below_the_normal_floats_for_zero_and_nothing_above) {
    constexpr float least = std::numeric_limits<float>::min();
    for (const std::size_t dim : {1u, 31u, 32u, 64u, 100u}) {
        std::vector<float> values((most_rows + 1) * dim, 1.0f);
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(dim), values.end(), least);
        const operands normal(dim, values);
        ASSERT_EQ(sums_of(places_of(normal), 1, dim)[0], static_cast<float>(dim) * least);
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(dim), values.end(), least / 2);
        const operands subnormal(dim, values);
        ASSERT_EQ(sums_of(places_of(subnormal), 1, dim)[0], 0.0f);
    }
}

TEST(dot_bf16_avx512, loses_no_value_that_is_not_finite) {
    for (std::size_t dim = 1; dim <= 140; ++dim) {
        std::vector<bfloat16> values(dim, bfloat16(1.0f));
        const std::vector<bfloat16> other(dim, bfloat16(2.0f));
        for (std::size_t i = 0; i < dim; ++i) {
            for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
                values[i] = bfloat16(bad);
                const bfloat16* const row = values.data();
                for (const float sum : sums_of({other.data(), row, row, row, row}, most_rows, dim)) {
                    ASSERT_FALSE(std::isfinite(sum)) << "dim " << dim << ", " << i;
                }
            }
            values[i] = bfloat16(1.0f);
        }
    }
}

TEST(dot_bf16_avx512, works_at_any_alignment) {
    for (const std::size_t dim : {1u, 2u, 31u, 32u, 33u, 63u, 64u, 65u, 100u, 129u}) {
        const operands data(dim, whole_numbers(dim));
        for (std::size_t offset = 0; offset < 32; ++offset) {
            // NaN around each, so that a value from outside cannot go unnoticed.
            std::array<std::vector<bfloat16>, most_rows + 1> moved;
            std::array<const bfloat16*, most_rows + 1> places;
            for (std::size_t v = 0; v < moved.size(); ++v) {
                const std::size_t first = 32 + (offset + 5 * v) % 32;
                moved[v].assign(dim + 96, bfloat16(std::numeric_limits<float>::quiet_NaN()));
                std::copy(data.vectors[v].begin(), data.vectors[v].end(),
                          moved[v].begin() + static_cast<std::ptrdiff_t>(first));
                places[v] = moved[v].data() + first;
            }
            const auto sums = sums_of(places, most_rows, dim);
            for (std::size_t r = 0; r < most_rows; ++r) {
                ASSERT_EQ(double{sums[r]}, support::product(data.floats[0], data.floats[r + 1]).value)
                    << "dim " << dim << ", offset " << offset;
            }
        }
    }
}

/// Where the vectors end, and then begin, at pages that may not be read; and heap blocks, for the address sanitizer.
TEST(dot_bf16_avx512, reads_nothing_outside) {
    constexpr std::size_t room = 65'536 * sizeof(bfloat16);
    const std::array<support::guarded_memory, most_rows + 1> memory{
        support::guarded_memory(room), support::guarded_memory(room), support::guarded_memory(room),
        support::guarded_memory(room), support::guarded_memory(room)};
    for (const std::size_t dim : dimensions()) {
        const operands data(dim, whole_numbers(dim));
        std::array<std::unique_ptr<std::byte[]>, most_rows + 1> blocks;
        const std::size_t bytes = dim * sizeof(bfloat16);
        for (int place = 0; place < 3; ++place) {
            std::array<const bfloat16*, most_rows + 1> places;
            for (std::size_t v = 0; v < places.size(); ++v) {
                blocks[v] = std::make_unique<std::byte[]>(bytes);
                std::byte* const guarded = place == 0 ? memory[v].first() : memory[v].last(bytes);
                std::byte* const to = place == 2 ? blocks[v].get() : guarded;
                if (dim > 0) std::memcpy(to, data.vectors[v].data(), bytes);
                places[v] = reinterpret_cast<const bfloat16*>(to);
            }
            for (std::size_t count = 1; count <= most_rows; ++count) {
                ASSERT_EQ(double{sums_of(places, count, dim)[count - 1]},
                          support::product(data.floats[0], data.floats[count]).value)
                    << "dim " << dim;
            }
        }
    }
}

TEST(dot_bf16_avx512, takes_rows_as_bytes) {
    const operands data(100, whole_numbers(100));
    const auto places = places_of(data);
    std::array<const std::byte*, most_rows> rows;
    for (std::size_t r = 0; r < most_rows; ++r) rows[r] = reinterpret_cast<const std::byte*>(places[r + 1]);
    std::array<float, most_rows> out;
    simd::dot_bf16_avx512(places[0], rows.data(), most_rows, 100, out.data());
    EXPECT_EQ(out, sums_of(places, most_rows, 100));
}

}  // namespace dot_bf16_avx512_test

#else

TEST(dot_bf16_avx512, is_tested) { GTEST_SKIP() << "this program is not compiled for AVX512-BF16"; }

#endif
