#include <sextant/metric/metric.hpp>

#include <gtest/gtest.h>

#include <sextant/simd/l2.hpp>

#include <array>
#include <string>

#include "metric/reducing_metric_checks.hpp"

namespace metric_test {

using sextant::reducing_metric;

struct scale_free {
    static constexpr bool scales = false;
};

/// The least that a program's own metric must have, from the words above the concept.
struct half_of_l2 : scale_free {
    using reduction = sextant::simd::squared_difference;
    static float distance(float sum, float, float) { return sum / 2; }
};

struct without_reduction : scale_free {
    static float distance(float sum, float, float) { return sum; }
};

struct without_scales {
    using reduction = sextant::simd::squared_difference;
    static float distance(float sum, float, float) { return sum; }
};

struct without_distance : scale_free {
    using reduction = sextant::simd::squared_difference;
};

struct distance_in_words : without_distance {
    static std::string distance(float, float, float) { return "far"; }
};

TEST(reducing_metric, a_program_can_bring_its_own) {
    static_assert(reducing_metric<half_of_l2>);
    EXPECT_EQ(metric_test::distance<half_of_l2>(std::array<float, 2>{0, 0}, std::array<float, 2>{3, 4}),
              12.5f);
}

TEST(reducing_metric, needs_all_its_parts) {
    static_assert(!reducing_metric<without_reduction>);
    static_assert(!reducing_metric<without_scales>);
    static_assert(!reducing_metric<without_distance>);
    static_assert(!reducing_metric<distance_in_words>);
    static_assert(!reducing_metric<float>);
}

}  // namespace metric_test
