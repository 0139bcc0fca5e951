#include <sextant/core/half.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace half_test {

using sextant::bfloat16;
using sextant::half;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// What is known of a 16-bit format besides its bits: the significant ones, and the exponents of its smallest number and
/// of the first power of two beyond its range.
template <class Stored>
struct format;

template <>
struct format<half> {
    static constexpr int digits = 11;
    static constexpr int smallest = -24;
    static constexpr int beyond = 16;
    static constexpr std::uint16_t infinite = 0x7C00;
};

template <>
struct format<bfloat16> {
    static constexpr int digits = 8;
    static constexpr int smallest = -133;
    static constexpr int beyond = 128;
    static constexpr std::uint16_t infinite = 0x7F80;
};

/// The value that the bits stand for, by the definition of the format.
template <class Stored>
double value_of(std::uint16_t bits) {
    constexpr int fraction_bits = format<Stored>::digits - 1;
    const int exponent = (bits & 0x7FFF) >> fraction_bits;
    const int fraction = bits & ((1 << fraction_bits) - 1);
    const double magnitude =
        exponent == 0 ? std::ldexp(fraction, format<Stored>::smallest)
                      : std::ldexp(fraction + (1 << fraction_bits), format<Stored>::smallest + exponent - 1);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// The nearest number of the format, ties to even; infinity where that is 2^beyond.
template <class Stored>
double nearest(double value) {
    if (value == 0.0) return value;
    const int unit = std::max(std::ilogb(value) - (format<Stored>::digits - 1), format<Stored>::smallest);
    const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit);
    return std::abs(rounded) < std::ldexp(1.0, format<Stored>::beyond) ? rounded
                                                                        : std::copysign(infinity, value);
}

template <class Stored>
void expect_nearest(float value) {
    const double expected = nearest<Stored>(value);
    const auto got = static_cast<float>(Stored(value));
    ASSERT_EQ(double{got}, expected) << value;
    ASSERT_EQ(std::signbit(got), std::signbit(value)) << value;
}

template <class Stored>
class half_floats : public testing::Test {};

struct stored_names {
    template <class Stored>
    static std::string GetName(int) {
        return std::is_same_v<Stored, half> ? "half" : "bfloat16";
    }
};

using half_types = testing::Types<half, bfloat16>;
TYPED_TEST_SUITE(half_floats, half_types, stored_names);

TYPED_TEST(half_floats, are_two_plain_bytes) {
    static_assert(sizeof(TypeParam) == 2 && alignof(TypeParam) == 2);
    static_assert(std::is_trivial_v<TypeParam> && std::is_standard_layout_v<TypeParam>);
    static_assert(!std::is_convertible_v<float, TypeParam> && !std::is_convertible_v<TypeParam, float>);
    static_assert(!std::is_constructible_v<TypeParam, int> &&
                  !std::is_constructible_v<TypeParam, std::uint16_t>);
}

TYPED_TEST(half_floats, convert_at_compile_time) {
    static_assert(static_cast<float>(TypeParam(-1.5f)) == -1.5f);
    static_assert(TypeParam(infinity).bits == format<TypeParam>::infinite);
    static_assert(TypeParam(0.0f) == TypeParam::from_bits(0));
}

TYPED_TEST(half_floats, all_stand_for_their_value_and_come_back) {
    for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
        const auto stored = TypeParam::from_bits(static_cast<std::uint16_t>(bits));
        const auto value = static_cast<float>(stored);
        const std::uint32_t magnitude = bits & 0x7FFF;
        ASSERT_EQ(std::signbit(value), bits > 0x7FFF) << bits;
        if (magnitude > format<TypeParam>::infinite) {
            ASSERT_TRUE(std::isnan(value)) << bits;
            ASSERT_GT(TypeParam(value).bits & 0x7FFF, format<TypeParam>::infinite) << bits;
            continue;
        }
        if (magnitude == format<TypeParam>::infinite) {
            ASSERT_TRUE(std::isinf(value)) << bits;
        } else {
            ASSERT_EQ(double{value}, value_of<TypeParam>(stored.bits)) << bits;
        }
        ASSERT_EQ(TypeParam(value), stored) << bits;
    }
}

TYPED_TEST(half_floats, round_to_the_even_one_halfway_and_to_the_nearer_one_beside_it) {
    for (std::uint16_t low = 0; low < format<TypeParam>::infinite; ++low) {
        const auto high = static_cast<std::uint16_t>(low + 1);
        const double above = high == format<TypeParam>::infinite ? std::ldexp(1.0, format<TypeParam>::beyond)
                                                                 : value_of<TypeParam>(high);
        const auto middle = static_cast<float>((value_of<TypeParam>(low) + above) / 2);
        for (const float sign : {1.0f, -1.0f}) {
            const auto bits_of = [&](float magnitude) {
                return TypeParam(sign * magnitude).bits ^ (sign < 0 ? 0x8000 : 0);
            };
            ASSERT_EQ(bits_of(middle), low % 2 == 0 ? low : high) << middle;
            ASSERT_EQ(bits_of(std::nextafter(middle, 0.0f)), low) << middle;
            ASSERT_EQ(bits_of(std::nextafter(middle, infinity)), high) << middle;
        }
    }
}

TYPED_TEST(half_floats, are_the_nearest_to_floats_of_every_size) {
    // An odd step, so that every exponent gets all kinds of last bits: 2.4 million floats.
    for (std::uint64_t bits = 0; bits < 0x1'0000'0000; bits += 1'789) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        if (std::isfinite(value)) {
            expect_nearest<TypeParam>(value);
        } else if (std::isnan(value)) {
            ASSERT_TRUE(std::isnan(static_cast<float>(TypeParam(value))));
        }
        if (this->HasFatalFailure()) return;
    }
}

TYPED_TEST(half_floats, keep_what_is_not_finite) {
    for (const float sign : {1.0f, -1.0f}) {
        EXPECT_EQ(static_cast<float>(TypeParam(sign * infinity)), sign * infinity);
        EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(sign * nan))));
        // The bit that says NaN may be one that is cut off.
        const auto faint = std::bit_cast<float>(0x7F80'0001u | (sign < 0 ? 0x8000'0000u : 0u));
        EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(faint))));
    }
}

TYPED_TEST(half_floats, are_equal_bit_by_bit) {
    EXPECT_EQ(TypeParam(1.0f), TypeParam(1.0f));
    EXPECT_NE(TypeParam(0.0f), TypeParam(-0.0f));
    EXPECT_EQ(TypeParam(nan), TypeParam(nan));
}

TEST(half, ends_at_65504) {
    EXPECT_EQ(static_cast<float>(half(65'504.0f)), 65'504.0f);
    EXPECT_EQ(static_cast<float>(half(65'519.99f)), 65'504.0f);
    EXPECT_EQ(static_cast<float>(half(65'520.0f)), infinity);
    EXPECT_EQ(static_cast<float>(half(-65'519.99f)), -65'504.0f);
    EXPECT_EQ(static_cast<float>(half(-65'520.0f)), -infinity);
}

TEST(half, begins_at_2_to_the_minus_24) {
    EXPECT_EQ(static_cast<float>(half(0x1p-24f)), 0x1p-24f);
    EXPECT_EQ(static_cast<float>(half(0x1p-25f)), 0.0f);
    EXPECT_EQ(static_cast<float>(half(0x1.000002p-25f)), 0x1p-24f);
    EXPECT_TRUE(std::signbit(static_cast<float>(half(-0x1p-30f))));
}

}  // namespace half_test
