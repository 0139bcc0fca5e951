#include "simd/architectures.hpp"

#include <sextant/simd/split.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <sextant/simd/dot.hpp>
#include <sextant/simd/l2.hpp>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"

namespace split_test {

namespace simd = sextant::simd;
using sextant::bfloat16;

/// Floats of every exponent and sign, among them those that round up to the next power of two, and the smallest.
std::vector<float> floats_of_all_sizes(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    std::vector<float> values{0.0f, -0.0f, 1.0f, -1.0f, 256.0f, 255.0f, 1e18f, -1e18f};
    for (const std::uint32_t bits : {0x3FFF'FFFFu, 0x3F80'8000u, 0x3F80'7FFFu, 0xBF81'8000u}) {
        values.push_back(std::bit_cast<float>(bits));
    }
    values.push_back(std::numeric_limits<float>::denorm_min());
    values.push_back(-std::numeric_limits<float>::min());
    while (values.size() < count) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(generator() >> 32));
        if (std::abs(value) < 1e38f) values.push_back(value);
    }
    values.resize(count);
    return values;
}

/// Planes that end where readable memory ends, with a gap between them.
template <std::size_t Gap>
class planes {
public:
    explicit planes(std::span<const float> values) : dim_(values.size()), memory_(bytes()) {
        const auto near = reinterpret_cast<bfloat16*>(row());
        const auto rest = reinterpret_cast<std::int16_t*>(row() + 2 * dim_ + Gap);
        simd::split(values, near, rest);
    }

    const std::byte* row() const { return memory_.last(bytes()); }
    std::byte* row() { return memory_.last(bytes()); }
    simd::split_position position() const { return simd::stored_row<simd::split_floats<Gap>>::at(row(), dim_); }

private:
    std::size_t bytes() const { return 4 * dim_ + Gap; }

    std::size_t dim_;
    support::guarded_memory memory_;
};

bool same(std::span<const float> a, std::span<const float> b) { return std::memcmp(a.data(), b.data(), a.size_bytes()) == 0; }

TEST(split, loses_no_bit) {
    for (std::size_t dim = 1; dim <= 300; ++dim) {
        const auto values = floats_of_all_sizes(dim, dim);
        const planes<0> together(values);
        const planes<4> apart(values);
        for (std::size_t i = 0; i < dim; ++i) {
            const float back = together.position()[i];
            ASSERT_TRUE(same({&back, 1}, {&values[i], 1})) << back << " for " << values[i];
        }
        simd_test::for_each_architecture([&]<class Arch>() {
            std::vector<float> back(dim);
            simd::join<Arch>(together.position(), back);
            ASSERT_TRUE(same(back, values)) << Arch::name() << ", dim " << dim;
            simd::join<Arch>(apart.position(), back);
            ASSERT_TRUE(same(back, values)) << Arch::name() << ", dim " << dim << ", with a gap";
        });
    }
}

TEST(split, puts_the_nearest_bfloat16_first) {
    const auto values = floats_of_all_sizes(20'000, 1);
    const planes<0> split(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = values[i];
        const double near = static_cast<float>(split.position().near[i]);
        ASSERT_LE(std::abs(near - value), std::abs(static_cast<float>(bfloat16(values[i])) - value)) << value;
    }
}

TEST(split, loads_signed_integers_of_all_values) {
    std::vector<std::int16_t> all(65'536 + 64);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int16_t>(static_cast<std::uint16_t>(i));
    simd_test::for_each_architecture([&]<class Arch>() {
        using ints = xsimd::batch<std::int32_t, Arch>;
        for (std::size_t i = 0; i < 65'536; ++i) {
            std::array<std::int32_t, ints::size> best;
            std::array<std::int32_t, ints::size> portable;
            simd::load_signed<ints>(all.data() + i).store_unaligned(best.data());
            simd::load_signed_portable<ints>(all.data() + i).store_unaligned(portable.data());
            for (std::size_t lane = 0; lane < ints::size; ++lane) {
                ASSERT_EQ(best[lane], all[i + lane]) << Arch::name();
                ASSERT_EQ(portable[lane], all[i + lane]) << Arch::name();
            }
        }
    });
}

// To the last bit, so that it does not matter to a graph in which form its vectors are kept.
template <class Reduction, std::size_t Gap>
void expect_sums_of_the_floats() {
    simd_test::for_each_architecture([&]<class Arch>() {
        for (std::size_t dim = 1; dim <= 200; ++dim) {
            const auto query = support::random_floats(dim, 7 * dim);
            std::vector<std::vector<float>> values;
            for (std::size_t r = 0; r < simd::kernel_rows; ++r) values.push_back(support::random_floats(dim, 11 * dim + r));
            const std::array<planes<Gap>, simd::kernel_rows> split{planes<Gap>(values[0]), planes<Gap>(values[1]),
                                                                   planes<Gap>(values[2]), planes<Gap>(values[3])};
            std::array<const std::byte*, simd::kernel_rows> rows;
            std::array<const float*, simd::kernel_rows> floats;
            for (std::size_t r = 0; r < rows.size(); ++r) {
                rows[r] = split[r].row();
                floats[r] = values[r].data();
            }
            for (std::size_t count = 1; count <= rows.size(); ++count) {
                std::array<float, simd::kernel_rows> sums;
                std::array<float, simd::kernel_rows> expected;
                simd::reduce_some<Reduction, Arch, simd::split_floats<Gap>>(query.data(), rows.data(), count, dim, sums.data());
                simd::reduce_some<Reduction, Arch>(query.data(), floats.data(), count, dim, expected.data());
                for (std::size_t r = 0; r < count; ++r) ASSERT_EQ(sums[r], expected[r]) << Arch::name() << ", dim " << dim;
            }
        }
    });
}

TEST(split, sums_up_like_the_floats) {
    expect_sums_of_the_floats<simd::squared_difference, 0>();
    expect_sums_of_the_floats<simd::product, 4>();
}

}  // namespace split_test
