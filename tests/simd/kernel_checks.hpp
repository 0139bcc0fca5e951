#pragma once

#include "simd/architectures.hpp"

#include <sextant/simd/reduce.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

/// What must hold for every reduction; l2_test.cpp and dot_test.cpp name the reduction and its meaning in
/// doubles.
namespace simd_test {

using reference_function = support::reference_sum (*)(std::span<const float>, std::span<const float>);

/// A reduction compiled for one architecture.
struct kernel {
    const char* architecture;
    std::size_t lanes;
    void (*some)(const float* query, const float* const* rows, std::size_t count, std::size_t dim,
                 float* out);
    float (*one)(const float* a, const float* b, std::size_t dim);
};

template <class Reduction>
std::vector<kernel> kernels() {
    namespace simd = sextant::simd;
    std::vector<kernel> all;
    for_each_architecture([&]<class Arch>() {
        all.push_back({Arch::name(), xsimd::batch<float, Arch>::size,
                       [](const float* query, const float* const* rows, std::size_t count, std::size_t dim,
                          float* out) { simd::reduce_some<Reduction, Arch>(query, rows, count, dim, out); },
                       [](const float* a, const float* b, std::size_t dim) {
                           return simd::reduce<Reduction, Arch>(a, b, dim);
                       }});
    });
    return all;
}

inline constexpr std::size_t most_rows = 4;
static_assert(sextant::simd::kernel_rows == most_rows);

/// 1 to 200, then odd ones and their neighbours around the sizes in use, up to 4,097.
inline std::vector<std::size_t> dimensions() {
    std::vector<std::size_t> dims;
    for (std::size_t dim = 1; dim <= 200; ++dim) dims.push_back(dim);
    for (const std::size_t dim :
         {255u, 256u,  257u,  301u,  511u,  513u,  767u,  768u,  769u,  783u,  784u,  785u, 959u,
          961u, 1023u, 1025u, 1535u, 1536u, 1537u, 2047u, 2049u, 3001u, 4095u, 4096u, 4097u}) {
        dims.push_back(dim);
    }
    return dims;
}

/// A query and rows that lie at `offset` floats from cache lines, each at a different one. What surrounds
/// them is NaN, so that a value from outside cannot go unnoticed.
class operands {
public:
    operands(std::size_t dim, std::size_t offset, const std::vector<float>& values)
        : dim_(dim), offset_(offset), stride_((dim + 2 * line - 1) / line * line + 3 * line) {
        memory_.assign((most_rows + 1) * stride_ + line, std::numeric_limits<float>::quiet_NaN());
        const auto misaligned = reinterpret_cast<std::uintptr_t>(memory_.data()) / sizeof(float) % line;
        first_ = memory_.data() + (line - misaligned) % line;
        for (std::size_t v = 0; v <= most_rows; ++v) {
            std::memcpy(first_ + position(v), values.data() + v * dim, dim * sizeof(float));
        }
        for (std::size_t r = 0; r < most_rows; ++r) rows_[r] = first_ + position(r + 1);
    }

    std::span<const float> query() const { return {first_ + position(0), dim_}; }
    std::span<const float> row(std::size_t r) const { return {rows_[r], dim_}; }
    const float* const* rows() const { return rows_.data(); }

private:
    static constexpr std::size_t line = 16;

    std::size_t position(std::size_t vector) const {
        return vector * stride_ + line + (offset_ + 5 * vector) % line;
    }

    std::size_t dim_;
    std::size_t offset_;
    std::size_t stride_;
    std::vector<float> memory_;
    float* first_;
    std::array<const float*, most_rows> rows_;
};

constexpr float untouched = -12345.0f;

/// Whole numbers: every term counts, in full and once, or the sums differ.
template <class Reduction>
void is_exact_on_whole_numbers(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        const operands data(dim, dim % 16, support::random_whole_floats((most_rows + 1) * dim, dim, 15));
        for (const kernel& k : kernels<Reduction>()) {
            for (std::size_t count = 0; count <= most_rows; ++count) {
                std::array<float, most_rows + 1> out;
                out.fill(untouched);
                k.some(data.query().data(), data.rows(), count, dim, out.data());
                for (std::size_t r = 0; r < count; ++r) {
                    ASSERT_EQ(double{out[r]}, reference(data.query(), data.row(r)).value)
                        << k.architecture << ", dim " << dim << ", row " << r << " of " << count;
                }
                for (std::size_t r = count; r < out.size(); ++r) ASSERT_EQ(out[r], untouched);
            }
            ASSERT_EQ(double{k.one(data.query().data(), data.row(0).data(), dim)},
                      reference(data.query(), data.row(0)).value)
                << k.architecture << ", dim " << dim;
        }
    }
}

/// Values of very different sizes: the rounding errors stay within what the number of terms explains.
template <class Reduction>
void rounds_as_little_as_a_sum_must(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        auto values = support::random_floats((most_rows + 1) * dim, dim);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::ldexp(values[i], static_cast<int>(i * 7 % 23) - 11);
        const operands data(dim, dim % 16, values);
        for (const kernel& k : kernels<Reduction>()) {
            for (std::size_t count = 1; count <= most_rows; ++count) {
                std::array<float, most_rows> out;
                k.some(data.query().data(), data.rows(), count, dim, out.data());
                for (std::size_t r = 0; r < count; ++r) {
                    const auto expected = reference(data.query(), data.row(r));
                    ASSERT_NEAR(out[r], expected.value, expected.tolerance())
                        << k.architecture << ", dim " << dim << ", row " << r << " of " << count;
                }
            }
        }
    }
}

template <class Reduction>
void works_at_any_alignment(reference_function reference) {
    for (const std::size_t dim :
         {1u, 3u, 4u, 7u, 8u, 15u, 16u, 17u, 31u, 33u, 63u, 64u, 65u, 100u, 127u, 129u}) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        for (std::size_t offset = 0; offset < 16; ++offset) {
            const operands data(dim, offset, values);
            for (const kernel& k : kernels<Reduction>()) {
                std::array<float, most_rows> out;
                k.some(data.query().data(), data.rows(), most_rows, dim, out.data());
                for (std::size_t r = 0; r < most_rows; ++r) {
                    ASSERT_EQ(double{out[r]}, reference(data.query(), data.row(r)).value)
                        << k.architecture << ", dim " << dim << ", offset " << offset;
                }
            }
        }
    }
}

/// A float that is read from outside ends the program: the vectors end, and then begin, at pages that may not
/// be read.
template <class Reduction>
void touches_nothing_outside_on_guarded_pages(reference_function reference) {
    constexpr std::size_t largest = 4097;
    const std::array<support::guarded_memory, most_rows + 1> memory{
        support::guarded_memory(largest * sizeof(float)), support::guarded_memory(largest * sizeof(float)),
        support::guarded_memory(largest * sizeof(float)), support::guarded_memory(largest * sizeof(float)),
        support::guarded_memory(largest * sizeof(float))};
    for (const std::size_t dim : dimensions()) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        for (const bool at_end : {true, false}) {
            std::array<const float*, most_rows + 1> vectors;
            for (std::size_t v = 0; v <= most_rows; ++v) {
                const std::size_t bytes = dim * sizeof(float);
                std::byte* const place = at_end ? memory[v].last(bytes) : memory[v].first();
                std::memcpy(place, values.data() + v * dim, bytes);
                vectors[v] = reinterpret_cast<const float*>(place);
            }
            for (const kernel& k : kernels<Reduction>()) {
                for (std::size_t count = 1; count <= most_rows; ++count) {
                    std::array<float, most_rows> out;
                    k.some(vectors[0], vectors.data() + 1, count, dim, out.data());
                    for (std::size_t r = 0; r < count; ++r) {
                        ASSERT_EQ(double{out[r]}, reference({vectors[0], dim}, {vectors[r + 1], dim}).value)
                            << k.architecture << ", dim " << dim;
                    }
                }
            }
        }
    }
}

/// The same for the address sanitizer: each vector is a heap block of its own size.
template <class Reduction>
void touches_nothing_outside_on_the_heap(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        std::array<std::unique_ptr<float[]>, most_rows + 1> blocks;
        std::array<const float*, most_rows> rows;
        for (std::size_t v = 0; v <= most_rows; ++v) {
            blocks[v] = std::make_unique<float[]>(dim);
            std::memcpy(blocks[v].get(), values.data() + v * dim, dim * sizeof(float));
            if (v > 0) rows[v - 1] = blocks[v].get();
        }
        for (const kernel& k : kernels<Reduction>()) {
            for (std::size_t count = 1; count <= most_rows; ++count) {
                std::array<float, most_rows> out;
                k.some(blocks[0].get(), rows.data(), count, dim, out.data());
                ASSERT_EQ(double{out[count - 1]},
                          reference({blocks[0].get(), dim}, {rows[count - 1], dim}).value)
                    << k.architecture << ", dim " << dim;
            }
        }
    }
}

/// What is refused at the door is found by a kernel: a value that is not finite must not get lost in any lane
/// or tail.
template <class Reduction>
void loses_no_value_that_is_not_finite() {
    for (std::size_t dim = 1; dim <= 140; ++dim) {
        std::vector<float> values(dim, 1.0f);
        const std::vector<float> other(dim, 2.0f);
        const std::array<const float*, most_rows> rows{values.data(), values.data(), values.data(),
                                                       values.data()};
        for (std::size_t i = 0; i < dim; ++i) {
            for (const float bad :
                 {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
                values[i] = bad;
                for (const kernel& k : kernels<Reduction>()) {
                    std::array<float, most_rows> out;
                    k.some(other.data(), rows.data(), most_rows, dim, out.data());
                    for (const float sum : out)
                        ASSERT_FALSE(std::isfinite(sum)) << k.architecture << ", dim " << dim;
                    ASSERT_FALSE(std::isfinite(k.one(values.data(), other.data(), dim)));
                }
            }
            values[i] = 1.0f;
        }
    }
}

/// Rows may be one and the same, and the query among them.
template <class Reduction>
void operands_may_coincide(reference_function reference) {
    for (const std::size_t dim : {1u, 5u, 16u, 37u, 100u}) {
        const auto a = support::random_whole_floats(dim, dim, 15);
        const auto b = support::random_whole_floats(dim, dim + 1, 15);
        const std::array<const float*, most_rows> rows{a.data(), b.data(), b.data(), a.data()};
        for (const kernel& k : kernels<Reduction>()) {
            std::array<float, most_rows> out;
            k.some(a.data(), rows.data(), most_rows, dim, out.data());
            EXPECT_EQ(double{out[0]}, reference(a, a).value);
            EXPECT_EQ(double{out[1]}, reference(a, b).value);
            EXPECT_EQ(out[2], out[1]);
            EXPECT_EQ(out[3], out[0]);
        }
    }
}

}  // namespace simd_test
