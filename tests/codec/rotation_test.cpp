#include <sextant/codec/rotation.hpp>

#include <gtest/gtest.h>

#include "simd/architectures.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace rotation_test {

using sextant::rotation;
using simd_test::for_each_architecture;

/// A dimension and the size it is padded to.
struct shape {
    std::size_t dim;
    std::size_t size;
};

std::vector<shape> shapes() {
    std::vector<shape> all;
    for (std::size_t dim = 1; dim <= 300; ++dim) {
        for (const std::size_t unit : {16u, 64u}) all.push_back({dim, (dim + unit - 1) / unit * unit});
    }
    all.insert(all.end(), {{784, 784}, {784, 832}, {960, 960}, {1536, 1536}, {4096, 4096}, {4100, 4160}});
    return all;
}

std::vector<float> rotated(const rotation& map, const std::vector<float>& in) {
    std::vector<float> out(map.size(), std::numeric_limits<float>::quiet_NaN());
    map.apply(in.data(), out.data());
    return out;
}

std::vector<float> one_hot(std::size_t dim, std::size_t i) {
    std::vector<float> values(dim);
    values[i] = 1.0f;
    return values;
}

/// The map from its definition, in doubles, by sums over whole rows.
std::vector<double> from_the_definition(const std::vector<float>& in, std::size_t size, std::uint64_t seed) {
    std::vector<double> x(in.begin(), in.end());
    x.resize(size);
    std::size_t part = 1;
    while (part * 2 <= size) part *= 2;
    std::uint64_t word = 0;
    for (std::size_t round = 0; round < 4; ++round) {
        const std::size_t first = round % 2 == 0 ? 0 : size - part;
        std::vector<double> flipped(x.begin() + static_cast<std::ptrdiff_t>(first),
                                    x.begin() + static_cast<std::ptrdiff_t>(first + part));
        for (std::size_t block = 0; block < part; block += 512, word += 16) {
            for (std::size_t i = block; i < std::min(part, block + 512); ++i) {
                const auto bits = sextant::mix(seed ^ sextant::mix(word + i % 16)) >> 32;
                if ((bits >> (i - block) / 16 & 1) != 0) flipped[i] = -flipped[i];
            }
        }
        for (std::size_t i = 0; i < part; ++i) {
            double sum = 0.0;
            for (std::size_t j = 0; j < part; ++j)
                sum += std::popcount(i & j) % 2 == 0 ? flipped[j] : -flipped[j];
            x[first + i] = sum / std::sqrt(static_cast<double>(part));
        }
        if (part == size) continue;
        const std::size_t half = size / 32 * 16;
        for (std::size_t i = 0; i < half; ++i) {
            const double a = x[i];
            const double b = x[size - half + i];
            x[i] = (a + b) / std::sqrt(2.0);
            x[size - half + i] = (a - b) / std::sqrt(2.0);
        }
    }
    return x;
}

TEST(rotation, is_what_its_definition_says_on_every_architecture) {
    for (const std::size_t size : {16u, 32u, 48u, 64u, 80u, 112u, 128u, 240u, 256u, 272u, 512u, 528u, 784u,
                                   1024u, 1040u, 1536u, 2048u}) {
        const std::size_t dim = size - size / 32;
        const auto in = support::random_floats(dim, size);
        const rotation map(dim, size, 42);
        const auto expected = from_the_definition(in, size, 42);
        for_each_architecture([&]<class Arch>() {
            std::vector<float> out(size, std::numeric_limits<float>::quiet_NaN());
            map.apply<Arch>(in.data(), out.data());
            for (std::size_t i = 0; i < size; ++i) {
                ASSERT_NEAR(out[i], expected[i], 1e-5) << Arch::name() << ", size " << size << ", at " << i;
            }
        });
    }
}

TEST(rotation, keeps_norms_and_inner_products) {
    for (const auto& [dim, size] : shapes()) {
        const rotation map(dim, size, dim);
        const auto a = support::random_floats(dim, 2 * dim);
        const auto b = support::random_floats(dim, 2 * dim + 1);
        const auto ra = rotated(map, a);
        const auto rb = rotated(map, b);
        const double aa = support::product(a, a).value;
        const double bb = support::product(b, b).value;
        ASSERT_NEAR(support::product(ra, ra).value, aa, 1e-5 * aa) << "dim " << dim << ", size " << size;
        ASSERT_NEAR(support::product(ra, rb).value, support::product(a, b).value, 1e-5 * std::sqrt(aa * bb))
            << "dim " << dim << ", size " << size;
    }
}

TEST(rotation, is_undone_by_its_inverse_on_every_architecture) {
    for (const shape& s : shapes()) {
        const auto dim = s.dim;
        const auto size = s.size;
        const rotation map(dim, size, dim);
        const auto in = support::random_floats(dim, dim);
        for_each_architecture([&]<class Arch>() {
            std::vector<float> out(size);
            std::vector<float> work(size);
            std::vector<float> back(dim);
            map.apply<Arch>(in.data(), out.data());
            map.invert<Arch>(out.data(), back.data(), work.data());
            for (std::size_t i = 0; i < dim; ++i) {
                ASSERT_NEAR(back[i], in[i], 1e-5) << Arch::name() << ", dim " << dim << ", size " << size;
            }
        });
    }
}

TEST(rotation, works_in_place) {
    for (const auto& [dim, size] : {shape{100, 128}, shape{100, 112}}) {
        const rotation map(dim, size, 3);
        const auto in = support::random_floats(dim, 3);
        const auto expected = rotated(map, in);
        auto values = in;
        values.resize(size, std::numeric_limits<float>::quiet_NaN());
        map.apply(values.data(), values.data());
        EXPECT_EQ(values, expected);
        map.invert(values.data(), values.data(), values.data());
        for (std::size_t i = 0; i < dim; ++i) EXPECT_NEAR(values[i], in[i], 1e-5);
    }
}

TEST(rotation, a_seed_is_one_map) {
    for (const std::size_t size : {16u, 48u, 128u, 832u}) {
        const auto in = support::random_floats(size, size);
        EXPECT_EQ(rotated(rotation(size, size, 1), in), rotated(rotation(size, size, 1), in));
        const auto one = rotated(rotation(size, size, 1), in);
        const auto other = rotated(rotation(size, size, 2), in);
        const double norm = support::product(in, in).value;
        EXPECT_GT(support::squared_difference(one, other).value, 0.5 * norm) << "size " << size;
    }
}

TEST(rotation, what_files_rely_on_stays) {
    // The signs of the outputs as one number. Where a sum is so close to zero that rounding decides, the test
    // would say so on a new machine; these inputs have none.
    const auto checksum = [](std::size_t dim, std::size_t size) {
        std::vector<float> in(dim);
        for (std::size_t i = 0; i < dim; ++i) in[i] = static_cast<float>(i % 7) - 2.5f;
        std::uint64_t sum = 0;
        for (const float value : rotated(rotation(dim, size, 2024), in)) {
            EXPECT_GT(std::abs(value), 1e-4f);
            sum = sextant::mix(sum ^ (value < 0.0f ? 1u : 0u));
        }
        return sum;
    };
    EXPECT_EQ(checksum(16, 16), 13846790506135162093u);
    EXPECT_EQ(checksum(100, 128), 1713525426671410769u);
    EXPECT_EQ(checksum(784, 832), 8827316211602669579u);
}

TEST(rotation, spreads_a_single_coordinate_over_all) {
    // Of `size` normal values of variance 1/size the largest square is about 2·ln(size)/size.
    for (const auto& [dim, size] : shapes()) {
        if (size < 64) continue;
        const rotation map(dim, size, 11);
        const double bound = 8.0 * std::log(static_cast<double>(size)) / static_cast<double>(size);
        for (const std::size_t i : {std::size_t{0}, dim / 2, dim - 1}) {
            double largest = 0.0;
            for (const float value : rotated(map, one_hot(dim, i)))
                largest = std::max(largest, double{value} * value);
            ASSERT_LT(largest, bound) << "dim " << dim << ", size " << size << ", coordinate " << i;
        }
    }
}

} // namespace
