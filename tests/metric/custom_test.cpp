#include <sextant/metric/custom.hpp>

#include <gtest/gtest.h>

#include <sextant/metric/metric.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

namespace custom_test {

using sextant::custom;
using floats = std::span<const float>;

template <class F>
concept makes_a_metric = requires { typename custom<F>; };

float chebyshev(floats a, floats b) {
    float most = 0.0f;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::fmax(most, std::abs(a[i] - b[i]));
    return most;
}

constexpr std::array<float, 3> a{1, 2, 3};
constexpr std::array<float, 3> b{2, 0, 3};

TEST(custom, calls_a_lambda_with_both_vectors) {
    const custom metric{[](floats x, floats y) {
        EXPECT_EQ(x.data(), a.data());
        EXPECT_EQ(y.data(), b.data());
        EXPECT_EQ(x.size(), 3u);
        EXPECT_EQ(y.size(), 3u);
        return 0.5f;
    }};
    EXPECT_EQ(metric(a, b), 0.5f);
}

TEST(custom, calls_a_function) {
    const custom metric{chebyshev};
    EXPECT_EQ(metric(a, b), 2.0f);
}

TEST(custom, keeps_what_the_callable_captured) {
    const float weight = 3.0f;
    const custom metric{[weight](floats x, floats y) { return weight * chebyshev(x, y); }};
    EXPECT_EQ(metric(a, b), 6.0f);
    const auto copy = metric;
    EXPECT_EQ(copy(a, b), 6.0f);
}

TEST(custom, a_distance_in_doubles_becomes_a_float) {
    const custom metric{[](floats x, floats y) { return double{x[0]} - double{y[0]}; }};
    static_assert(std::is_same_v<decltype(metric(a, b)), float>);
    EXPECT_EQ(metric(a, b), -1.0f);
}

TEST(custom, takes_only_what_can_be_called_on_two_const_spans_while_const) {
    struct changes {
        float operator()(floats, floats) { return 0.0f; }
    };
    struct writes {
        float operator()(std::span<float>, std::span<float>) const { return 0.0f; }
    };
    struct names {
        std::string operator()(floats, floats) const { return {}; }
    };
    static_assert(makes_a_metric<float (*)(floats, floats)>);
    static_assert(!makes_a_metric<changes>, "it is called from many threads at once");
    static_assert(!makes_a_metric<writes>);
    static_assert(!makes_a_metric<names>);
    static_assert(!makes_a_metric<int>);
    static_assert(!sextant::reducing_metric<custom<float (*)(floats, floats)>>);
}

}  // namespace custom_test
