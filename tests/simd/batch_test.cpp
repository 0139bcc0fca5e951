#include "simd/architectures.hpp"

#include <sextant/simd/batch.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace batch_test {

TEST(lane_sum, adds_every_lane_once) {
    simd_test::for_each_architecture([]<class Arch>() {
        using batch = xsimd::batch<float, Arch>;
        std::array<float, batch::size> lanes;
        float sum = 0.0f;
        for (std::size_t i = 0; i < batch::size; ++i) sum += lanes[i] = static_cast<float>(1u << i);
        EXPECT_EQ(sextant::simd::lane_sum(batch::load_unaligned(lanes.data())), sum) << Arch::name();
    });
}

TEST(last_lanes, has_all_bits_set_in_the_last_lanes_and_none_elsewhere) {
    simd_test::for_each_architecture([]<class Arch>() {
        using batch = xsimd::batch<float, Arch>;
        for (std::size_t count = 0; count < batch::size; ++count) {
            std::array<float, batch::size> lanes;
            sextant::simd::last_lanes<batch>(count).store_unaligned(lanes.data());
            for (std::size_t i = 0; i < batch::size; ++i) {
                const std::uint32_t expected = i + count >= batch::size ? 0xFFFF'FFFFu : 0u;
                EXPECT_EQ(std::bit_cast<std::uint32_t>(lanes[i]), expected)
                    << Arch::name() << ", lane " << i << ", count " << count;
            }
        }
    });
}

}  // namespace batch_test
