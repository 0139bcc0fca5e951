#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

/// What must hold for every way of counting different bits.
namespace simd_test {

using hamming_function = std::uint32_t (*)(const std::byte*, const std::byte*, std::size_t);

inline std::vector<std::size_t> byte_counts() {
    std::vector<std::size_t> counts;
    for (std::size_t bytes = 0; bytes <= 300; ++bytes) counts.push_back(bytes);
    for (const std::size_t bytes : {511u, 512u, 1000u, 4095u, 4097u, 131'072u}) counts.push_back(bytes);
    return counts;
}

inline const std::byte* bytes_of(const std::uint8_t* values) {
    return reinterpret_cast<const std::byte*>(values);
}

inline void agrees_with_counting_bit_by_bit(hamming_function hamming) {
    for (const std::size_t bytes : byte_counts()) {
        const auto a = support::random_bytes(bytes, 1);
        const auto b = support::random_bytes(bytes, 2);
        ASSERT_EQ(hamming(bytes_of(a.data()), bytes_of(b.data()), bytes),
                  support::differing_bits(a, b, 8 * bytes))
            << bytes << " bytes";
    }
}

inline void counts_each_bit_once(hamming_function hamming) {
    for (const std::size_t bytes : {1u, 7u, 8u, 9u, 16u, 31u, 63u, 64u, 65u, 130u}) {
        const auto a = support::random_bytes(bytes, bytes);
        auto b = a;
        ASSERT_EQ(hamming(bytes_of(a.data()), bytes_of(b.data()), bytes), 0u);
        for (std::size_t bit = 0; bit < 8 * bytes; ++bit) {
            b[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
            ASSERT_EQ(hamming(bytes_of(a.data()), bytes_of(b.data()), bytes), 1u)
                << "bit " << bit << " of " << bytes;
            b[bit / 8] = a[bit / 8];
        }
        std::transform(a.begin(), a.end(), b.begin(),
                       [](std::uint8_t v) { return static_cast<std::uint8_t>(~v); });
        ASSERT_EQ(hamming(bytes_of(a.data()), bytes_of(b.data()), bytes), 8 * bytes);
    }
}

inline void counts_at_any_alignment(hamming_function hamming) {
    const auto a = support::random_bytes(400, 3);
    const auto b = support::random_bytes(400, 4);
    for (const std::size_t bytes : {1u, 8u, 13u, 64u, 200u}) {
        for (std::size_t offset = 0; offset < 64; ++offset) {
            const std::span<const std::uint8_t> left = std::span(a).subspan(offset, bytes);
            const std::span<const std::uint8_t> right = std::span(b).subspan(3 * offset % 64, bytes);
            ASSERT_EQ(hamming(bytes_of(left.data()), bytes_of(right.data()), bytes),
                      support::differing_bits(left, right, 8 * bytes));
        }
    }
}

inline void reads_nothing_outside(hamming_function hamming) {
    const support::guarded_memory first(131'072);
    const support::guarded_memory second(131'072);
    for (const std::size_t bytes : byte_counts()) {
        const auto a = support::random_bytes(bytes, 5);
        const auto b = support::random_bytes(bytes, 6);
        const std::uint32_t expected = support::differing_bits(a, b, 8 * bytes);
        for (const bool at_end : {true, false}) {
            std::byte* const left = at_end ? first.last(bytes) : first.first();
            std::byte* const right = at_end ? second.last(bytes) : second.first();
            std::copy_n(bytes_of(a.data()), bytes, left);
            std::copy_n(bytes_of(b.data()), bytes, right);
            ASSERT_EQ(hamming(left, right, bytes), expected) << bytes << " bytes";
        }
        // Heap blocks of their own size, for the address sanitizer.
        const auto left = std::make_unique<std::byte[]>(bytes);
        const auto right = std::make_unique<std::byte[]>(bytes);
        std::copy_n(bytes_of(a.data()), bytes, left.get());
        std::copy_n(bytes_of(b.data()), bytes, right.get());
        ASSERT_EQ(hamming(left.get(), right.get(), bytes), expected) << bytes << " bytes";
    }
}

}  // namespace simd_test
