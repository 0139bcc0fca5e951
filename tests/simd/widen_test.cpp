#include "simd/architectures.hpp"

#include <sextant/simd/convert.hpp>
#include <sextant/simd/widen.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"

namespace widen_test {

namespace simd = sextant::simd;
using sextant::bfloat16;
using sextant::half;

template <class Stored>
std::vector<Stored> all_values() {
    std::vector<Stored> all;
    for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
        all.push_back(Stored::from_bits(static_cast<std::uint16_t>(bits)));
    }
    return all;
}

/// The same float, by its bits; any NaN for a NaN.
bool same(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

template <class Stored>
class widen : public testing::Test {
protected:
    /// Calls test(name, lanes, load) for every way to load a batch, on every architecture: load(from, to).
    template <class Test>
    static void for_each_form(Test&& test) {
        simd_test::for_each_architecture([&]<class Arch>() {
            using batch = xsimd::batch<float, Arch>;
            const std::string on = std::string(" on ") + Arch::name();
            test("widen" + on, batch::size,
                 [](const Stored* from, float* to) { simd::widen<batch>(from).store_unaligned(to); });
            test("widen_portable" + on, batch::size,
                 [](const Stored* from, float* to) { simd::widen_portable<batch>(from).store_unaligned(to); });
        });
    }
};

struct stored_names {
    template <class Stored>
    static std::string GetName(int) {
        return std::is_same_v<Stored, half> ? "half" : "bfloat16";
    }
};

using half_types = testing::Types<half, bfloat16>;
TYPED_TEST_SUITE(widen, half_types, stored_names);

TYPED_TEST(widen, gives_every_value_in_every_lane) {
    auto all = all_values<TypeParam>();
    all.insert(all.end(), all.begin(), all.begin() + 32);
    this->for_each_form([&](const std::string& form, std::size_t lanes, auto&& load) {
        // One further at a time, so that every value meets every lane, at every alignment.
        for (std::size_t i = 0; i <= 0xFFFF; ++i) {
            std::array<float, 64> out;
            load(all.data() + i, out.data());
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                ASSERT_TRUE(same(out[lane], static_cast<float>(all[i + lane])))
                    << form << ": " << out[lane] << " for the bits " << all[i + lane].bits;
            }
        }
    });
}

TYPED_TEST(widen, reads_nothing_outside) {
    const support::guarded_memory memory(4096);
    this->for_each_form([&](const std::string& form, std::size_t lanes, auto&& load) {
        const std::size_t bytes = lanes * sizeof(TypeParam);
        const std::vector<TypeParam> values(lanes, TypeParam(1.5f));
        const auto block = std::make_unique<TypeParam[]>(lanes);  // for the address sanitizer
        std::memcpy(block.get(), values.data(), bytes);
        for (std::byte* const place : {memory.first(), memory.last(bytes)}) {
            std::memcpy(place, values.data(), bytes);
            std::array<float, 64> out;
            load(reinterpret_cast<const TypeParam*>(place), out.data());
            EXPECT_EQ(out[lanes - 1], 1.5f) << form;
            load(block.get(), out.data());
            EXPECT_EQ(out[0], 1.5f) << form;
        }
    });
}

TYPED_TEST(widen, finds_the_same_bits_in_the_portable_form) {
    const auto all = all_values<TypeParam>();
    simd_test::for_each_architecture([&]<class Arch>() {
        using ints = xsimd::batch<std::int32_t, Arch>;
        for (std::size_t i = 0; i + ints::size <= all.size(); ++i) {
            std::array<std::int32_t, ints::size> best;
            std::array<std::int32_t, ints::size> portable;
            simd::load_high<ints>(all.data() + i).store_unaligned(best.data());
            simd::load_high_portable<ints>(all.data() + i).store_unaligned(portable.data());
            for (std::size_t lane = 0; lane < ints::size; ++lane) {
                const std::uint32_t bits = std::uint32_t{all[i + lane].bits} << 16;
                ASSERT_EQ(std::bit_cast<std::uint32_t>(best[lane]), bits) << Arch::name();
                ASSERT_EQ(std::bit_cast<std::uint32_t>(portable[lane]), bits) << Arch::name();
            }
        }
    });
}

template <class Stored>
class convert : public testing::Test {};

TYPED_TEST_SUITE(convert, half_types, stored_names);

TYPED_TEST(convert, widens_as_many_as_asked_and_touches_nothing_else) {
    const support::guarded_memory from(4096);
    const support::guarded_memory to(4096);
    const auto all = all_values<TypeParam>();
    simd_test::for_each_architecture([&]<class Arch>() {
        for (std::size_t n = 0; n <= 300; ++n) {
            for (const bool at_end : {true, false}) {
                const std::size_t bytes = n * sizeof(TypeParam);
                std::byte* const place = at_end ? from.last(bytes) : from.first();
                std::byte* const out = at_end ? to.last(n * sizeof(float)) : to.first();
                std::memcpy(place, all.data() + 97 * n, bytes);
                auto* const floats = reinterpret_cast<float*>(out);
                if (!at_end) floats[n] = -12345.0f;
                simd::convert<Arch>(reinterpret_cast<const TypeParam*>(place), floats, n);
                for (std::size_t i = 0; i < n; ++i) {
                    ASSERT_TRUE(same(floats[i], static_cast<float>(all[97 * n + i]))) << Arch::name() << ", " << n;
                }
                ASSERT_TRUE(at_end || floats[n] == -12345.0f) << Arch::name() << ", " << n;
            }
        }
    });
}

TYPED_TEST(convert, narrows_as_many_as_asked_and_touches_nothing_else) {
    const support::guarded_memory from(4096);
    const support::guarded_memory to(4096);
    const auto untouched = TypeParam::from_bits(0xABCD);
    for (std::size_t n = 0; n <= 300; ++n) {
        const auto values = support::random_floats(n, n, -1e5f, 1e5f);
        for (const bool at_end : {true, false}) {
            std::byte* const place = at_end ? from.last(n * sizeof(float)) : from.first();
            std::byte* const out = at_end ? to.last(n * sizeof(TypeParam)) : to.first();
            if (n > 0) std::memcpy(place, values.data(), n * sizeof(float));
            auto* const stored = reinterpret_cast<TypeParam*>(out);
            if (!at_end) stored[n] = untouched;
            simd::convert(reinterpret_cast<const float*>(place), stored, n);
            for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(stored[i], TypeParam(values[i])) << values[i];
            ASSERT_TRUE(at_end || stored[n] == untouched) << n;
        }
    }
}

TYPED_TEST(convert, narrows_floats_of_every_size_to_the_nearest) {
    std::vector<float> values;
    for (std::uint64_t bits = 0; bits < 0x1'0000'0000; bits += 4'001) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        if (!std::isnan(value)) values.push_back(value);
    }
    // And halfway between neighbours, where a tie goes to the even one.
    for (const TypeParam low : all_values<TypeParam>()) {
        const auto high = TypeParam::from_bits(static_cast<std::uint16_t>(low.bits + 1));
        const auto middle = static_cast<float>((double{static_cast<float>(low)} + static_cast<float>(high)) / 2);
        if (std::isfinite(middle)) values.push_back(middle);
    }
    std::vector<TypeParam> stored(values.size());
    simd::convert(values.data(), stored.data(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(stored[i], TypeParam(values[i])) << values[i];
    std::array<float, 40> nans;
    nans.fill(std::numeric_limits<float>::quiet_NaN());
    std::array<TypeParam, 40> kept;
    simd::convert(nans.data(), kept.data(), nans.size());
    for (const TypeParam value : kept) EXPECT_TRUE(std::isnan(static_cast<float>(value)));
}

}  // namespace widen_test
