#include <sextant/simd/packed.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simd/packed_checks.hpp"
#include "support/guarded_memory.hpp"

namespace packed_test {

namespace simd = sextant::simd;

TEST(packed, pads_to_whole_groups_of_16_bytes) {
    EXPECT_EQ(simd::packed<8>::padded(1), 16u);
    EXPECT_EQ(simd::packed<4>::padded(33), 64u);
    EXPECT_EQ(simd::packed<2>::padded(64), 64u);
    EXPECT_EQ(simd::packed<6>::padded(65), 128u);
    EXPECT_EQ(simd::packed<1>::padded(784), 896u);
    EXPECT_EQ(simd::packed<7>::padded(1), 128u);
    EXPECT_EQ(simd::packed<1>::bytes(784), 112u);
    EXPECT_EQ(simd::packed<3>::bytes(128), 48u);
    EXPECT_EQ(simd::packed<6>::bytes(64), 48u);
    EXPECT_EQ(simd::packed<8>::bytes(784), 784u);
    EXPECT_EQ(simd::packed<5>::bytes(0), 0u);
}

/// Where the format puts each bit, written down a second time.
template <unsigned Bits>
unsigned value_at(const std::vector<std::byte>& code, std::size_t padded, std::size_t coordinate) {
    unsigned value = 0;
    unsigned below = Bits;
    std::size_t plane = 0;
    for (const unsigned width : {8u, 4u, 2u, 1u}) {
        if ((Bits & width) == 0) continue;
        below -= width;
        const std::size_t bytes = padded * width / 8;
        const std::size_t first = coordinate * width / 512 * 64;  // the block's first byte
        const std::size_t size = std::min<std::size_t>(64, bytes - first);
        const std::size_t within = coordinate - first * 8 / width;
        const unsigned byte = std::to_integer<unsigned>(code[plane + first + within % size]);
        value |= (byte >> (width * (within / size)) & ((1u << width) - 1)) << below;
        plane += bytes;
    }
    return value;
}

TEST(packed, puts_each_coordinate_where_the_format_says) {
    simd_test::for_each_width([]<unsigned Bits>() {
        using layout = simd::packed<Bits>;
        for (const std::size_t dim : simd_test::packed_dims()) {
            const auto values = simd_test::random_codes<Bits>(dim, dim);
            std::vector<std::byte> code(layout::bytes(dim), std::byte{0xA5});
            layout::pack(values.data(), dim, code.data());
            for (std::size_t i = 0; i < layout::padded(dim); ++i) {
                ASSERT_EQ(value_at<Bits>(code, layout::padded(dim), i), i < dim ? values[i] : 0u)
                    << Bits << " bits, dim " << dim << ", coordinate " << i;
            }
        }
    });
}

TEST(packed, unpacks_what_it_packed_and_touches_nothing_outside) {
    constexpr std::size_t room = 65'536;
    const support::guarded_memory packed_memory(room);
    const support::guarded_memory value_memory(room);
    simd_test::for_each_width([&]<unsigned Bits>() {
        using layout = simd::packed<Bits>;
        for (const std::size_t dim : simd_test::packed_dims()) {
            ASSERT_LE(dim, room);  // else GCC 12 optimises for a dim whose padding overflows, and warns of it
            const auto expected = simd_test::random_codes<Bits>(dim, dim + Bits);
            for (const bool at_end : {true, false}) {
                std::byte* const code =
                    at_end ? packed_memory.last(layout::bytes(dim)) : packed_memory.first();
                auto* const values =
                    reinterpret_cast<std::uint8_t*>(at_end ? value_memory.last(dim) : value_memory.first());
                std::fill_n(code, layout::bytes(dim), std::byte{0x5A});
                std::copy(expected.begin(), expected.end(), values);
                layout::pack(values, dim, code);
                std::fill_n(values, dim, std::uint8_t{0xCC});
                layout::unpack(code, dim, values);
                ASSERT_TRUE(std::equal(expected.begin(), expected.end(), values))
                    << Bits << " bits, dim " << dim;
            }
        }
    });
}

TEST(packed, drops_bits_that_do_not_fit) {
    const std::vector<std::uint8_t> values(70, 0xFF);
    std::vector<std::byte> code(simd::packed<3>::bytes(70));
    std::vector<std::uint8_t> out(70);
    simd::packed<3>::pack(values.data(), 70, code.data());
    simd::packed<3>::unpack(code.data(), 70, out.data());
    EXPECT_EQ(out, std::vector<std::uint8_t>(70, 7));
}

}  // namespace packed_test
