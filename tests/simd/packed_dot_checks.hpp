#pragma once

#include <sextant/simd/packed_dot_rows.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "simd/packed_checks.hpp"
#include "support/guarded_memory.hpp"

/// What must hold for every form of dot_packed.
namespace simd_test {

inline constexpr std::size_t packed_rows = 4;
static_assert(sextant::simd::kernel_rows == packed_rows);

/// A query and codes, and the dot products as a plain sum gives them.
template <unsigned Bits>
struct packed_operands {
    using layout = sextant::simd::packed<Bits>;

    packed_operands(std::vector<std::int8_t> values,
                    const std::array<std::vector<std::uint8_t>, packed_rows>& rows)
        : query(std::move(values)) {
        const std::size_t dim = query.size();
        for (std::size_t r = 0; r < packed_rows; ++r) {
            expected[r] = 0;
            for (std::size_t i = 0; i < dim; ++i) expected[r] += std::int64_t{query[i]} * rows[r][i];
            codes[r].resize(layout::bytes(dim));
            layout::pack(rows[r].data(), dim, codes[r].data());
        }
        query.resize(layout::padded(dim));
    }

    static packed_operands random(std::size_t dim) {
        std::vector<std::int8_t> query(dim);
        const auto bytes = support::random_bytes(dim, dim);
        std::transform(bytes.begin(), bytes.end(), query.begin(),
                       [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
        std::array<std::vector<std::uint8_t>, packed_rows> rows;
        for (std::size_t r = 0; r < packed_rows; ++r) rows[r] = random_codes<Bits>(dim, dim + r + 1);
        return packed_operands(std::move(query), rows);
    }

    static packed_operands constant(std::size_t dim, std::int8_t query, unsigned code) {
        std::array<std::vector<std::uint8_t>, packed_rows> rows;
        rows.fill(std::vector<std::uint8_t>(dim, static_cast<std::uint8_t>(code)));
        return packed_operands(std::vector<std::int8_t>(dim, query), rows);
    }

    std::vector<std::int8_t> query;
    std::array<std::vector<std::byte>, packed_rows> codes;
    std::array<std::int64_t, packed_rows> expected;
};

/// Asks for the first `count` rows and nothing more. Not inlined, because every check of every width would have a copy of
/// the kernels then, and compile for minutes.
template <class Form, unsigned Bits>
[[gnu::noinline]] void expect_dots(const packed_operands<Bits>& operands, const std::int8_t* query,
                 const std::byte* const* rows, std::size_t count) {
    constexpr std::int32_t untouched = -123'456'789;
    std::array<std::int32_t, packed_rows + 1> out;
    out.fill(untouched);
    sextant::simd::dot_packed_some<Form, Bits>(query, rows, count, operands.query.size(), out.data());
    for (std::size_t r = 0; r < out.size(); ++r) {
        ASSERT_EQ(out[r], r < count ? operands.expected[r] : untouched)
            << Bits << " bits, padded dim " << operands.query.size() << ", row " << r << " of " << count;
    }
}

template <class Form, unsigned Bits>
void expect_dots(const packed_operands<Bits>& operands) {
    std::array<const std::byte*, packed_rows> rows;
    for (std::size_t r = 0; r < packed_rows; ++r) rows[r] = operands.codes[r].data();
    for (std::size_t count = 0; count <= packed_rows; ++count) {
        expect_dots<Form>(operands, operands.query.data(), rows.data(), count);
    }
}

template <class Form>
void is_exact() {
    for_each_width([]<unsigned Bits>() {
        for (const std::size_t dim : packed_dims()) expect_dots<Form>(packed_operands<Bits>::random(dim));
    });
}

/// The largest values of both signs in every position, at the largest dimension and around the length of a
/// block.
template <class Form>
void does_not_overflow() {
    for_each_width([]<unsigned Bits>() {
        for (const std::size_t dim : {16u, 64u, 128u, 256u, 512u, 1024u, 4096u, 65'536u}) {
            for (const std::int8_t query : {std::int8_t{-128}, std::int8_t{127}}) {
                expect_dots<Form>(packed_operands<Bits>::constant(dim, query, (1u << Bits) - 1));
            }
        }
    });
}

template <class Form>
void works_at_any_alignment() {
    for_each_width([]<unsigned Bits>() {
        for (const std::size_t dim : {16u, 128u, 200u, 784u}) {
            const auto operands = packed_operands<Bits>::random(dim);
            const std::size_t bytes = operands.codes[0].size();
            std::vector<std::int8_t> query(operands.query.size() + 64);
            std::array<std::vector<std::byte>, packed_rows> codes;
            for (auto& code : codes) code.resize(bytes + 64);
            for (std::size_t offset = 0; offset < 64; ++offset) {
                std::copy(operands.query.begin(), operands.query.end(),
                          query.begin() + static_cast<int>(offset));
                std::array<const std::byte*, packed_rows> rows;
                for (std::size_t r = 0; r < packed_rows; ++r) {
                    std::byte* const place = codes[r].data() + (7 * offset + r) % 64;
                    std::copy(operands.codes[r].begin(), operands.codes[r].end(), place);
                    rows[r] = place;
                }
                expect_dots<Form>(operands, query.data() + offset, rows.data(), packed_rows);
            }
        }
    });
}

/// A byte that is read from outside ends the program: the vectors end, and then begin, at pages that may not
/// be read. Then heap blocks of their own size, for the address sanitizer.
template <class Form>
void reads_nothing_outside() {
    constexpr std::size_t largest = 4224;
    const support::guarded_memory query_memory(largest);
    const support::guarded_memory code_memory(largest);
    for_each_width([&]<unsigned Bits>() {
        for (const std::size_t dim : packed_dims()) {
            const auto operands = packed_operands<Bits>::random(dim);
            const std::size_t length = operands.query.size();
            const std::vector<std::byte>& code = operands.codes[0];
            const auto expect = [&](void* query_place, std::byte* code_place) {
                auto* const query = static_cast<std::int8_t*>(query_place);
                std::copy(operands.query.begin(), operands.query.end(), query);
                std::copy(code.begin(), code.end(), code_place);
                std::array<const std::byte*, packed_rows> rows;
                for (std::size_t r = 0; r < packed_rows; ++r) rows[r] = operands.codes[r].data();
                rows[0] = code_place;
                for (std::size_t count = 1; count <= packed_rows; ++count) {
                    expect_dots<Form>(operands, query, rows.data(), count);
                }
            };
            expect(query_memory.last(length), code_memory.last(code.size()));
            expect(query_memory.first(), code_memory.first());
            const auto query = std::make_unique<std::int8_t[]>(length);
            const auto row = std::make_unique<std::byte[]>(code.size());
            expect(query.get(), row.get());
        }
    });
}

}  // namespace simd_test
