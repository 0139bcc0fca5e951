#pragma once

#include "simd/architectures.hpp"

#include <sextant/core/half.hpp>
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
#include <string>
#include <type_traits>
#include <vector>

#include "support/guarded_memory.hpp"
#include "support/random_values.hpp"
#include "support/reference.hpp"

/// What must hold for every reduction and for rows of every type; l2_test.cpp and dot_test.cpp name the
/// reduction and its meaning in doubles.
namespace simd_test {

using reference_function = support::reference_sum (*)(std::span<const float>, std::span<const float>);

/// A reduction compiled for one architecture and one type of rows.
template <class Stored>
struct kernel {
    const char* architecture;
    std::size_t lanes;
    void (*some)(const float* query, const Stored* const* rows, std::size_t count, std::size_t dim,
                 float* out);
    float (*one)(const float* a, const Stored* b, std::size_t dim);
};

template <class Reduction, class Stored>
std::vector<kernel<Stored>> kernels() {
    namespace simd = sextant::simd;
    std::vector<kernel<Stored>> all;
    for_each_architecture([&]<class Arch>() {
        all.push_back({Arch::name(), xsimd::batch<float, Arch>::size,
                       [](const float* query, const Stored* const* rows, std::size_t count, std::size_t dim,
                          float* out) {
                           simd::reduce_some<Reduction, Arch, Stored>(query, rows, count, dim, out);
                       },
                       [](const float* a, const Stored* b, std::size_t dim) {
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

/// `count` values as rows keep them, and what those stand for.
template <class Stored>
std::vector<Stored> stored(std::span<const float> values) {
    std::vector<Stored> result;
    for (const float value : values) result.push_back(Stored(value));
    return result;
}

template <class Stored>
std::vector<float> meant(std::span<const Stored> values) {
    std::vector<float> result;
    for (const Stored value : values) result.push_back(static_cast<float>(value));
    return result;
}

/// A query and rows that lie at `offset` elements from cache lines, each at a different one. What surrounds
/// them is NaN, so that a value from outside cannot go unnoticed.
template <class Stored>
class operands {
public:
    operands(std::size_t dim, std::size_t offset, const std::vector<float>& values)
        : query_(dim, offset), rows_{{{dim, offset + 5}, {dim, offset + 10}, {dim, offset + 15}, {dim, offset + 20}}} {
        const std::span all(values);
        query_.fill(all.first(dim));
        for (std::size_t r = 0; r < most_rows; ++r) {
            rows_[r].fill(all.subspan((r + 1) * dim, dim));
            places_[r] = rows_[r].get().data();
            meant_[r] = meant(rows_[r].get());
        }
    }

    operands(const operands&) = delete;
    operands& operator=(const operands&) = delete;

    std::span<const float> query() const { return query_.get(); }
    std::span<const float> row(std::size_t r) const { return meant_[r]; }
    const Stored* const* rows() const { return places_.data(); }

private:
    template <class Element>
    class vector {
    public:
        vector(std::size_t dim, std::size_t offset)
            : dim_(dim), memory_(dim + 4 * line, Element(std::numeric_limits<float>::quiet_NaN())) {
            const auto place = reinterpret_cast<std::uintptr_t>(memory_.data()) / sizeof(Element);
            first_ = line + (line - place % line) + offset % line;
        }

        void fill(std::span<const float> values) {
            for (std::size_t i = 0; i < dim_; ++i) memory_[first_ + i] = Element(values[i]);
        }

        std::span<const Element> get() const { return std::span(memory_).subspan(first_, dim_); }

    private:
        static constexpr std::size_t line = 64 / sizeof(Element);

        std::size_t dim_;
        std::size_t first_;
        std::vector<Element> memory_;
    };

    vector<float> query_;
    std::array<vector<Stored>, most_rows> rows_;
    std::array<const Stored*, most_rows> places_;
    std::array<std::vector<float>, most_rows> meant_;
};

constexpr float untouched = -12345.0f;

/// Whole numbers: every term counts, in full and once, or the sums differ.
template <class Reduction, class Stored>
void is_exact_on_whole_numbers(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        const operands<Stored> data(dim, dim % 16, support::random_whole_floats((most_rows + 1) * dim, dim, 15));
        for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
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
            ASSERT_EQ(double{k.one(data.query().data(), data.rows()[0], dim)},
                      reference(data.query(), data.row(0)).value)
                << k.architecture << ", dim " << dim;
        }
    }
}

/// Values of very different sizes: the rounding errors stay within what the number of terms explains.
template <class Reduction, class Stored>
void rounds_as_little_as_a_sum_must(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        auto values = support::random_floats((most_rows + 1) * dim, dim);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::ldexp(values[i], static_cast<int>(i * 7 % 23) - 11);
        const operands<Stored> data(dim, dim % 16, values);
        for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
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

template <class Reduction, class Stored>
void works_at_any_alignment(reference_function reference) {
    for (const std::size_t dim :
         {1u, 3u, 4u, 7u, 8u, 15u, 16u, 17u, 31u, 33u, 63u, 64u, 65u, 100u, 127u, 129u}) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        for (std::size_t offset = 0; offset < 16; ++offset) {
            const operands<Stored> data(dim, offset, values);
            for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
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
template <class Reduction, class Stored>
void touches_nothing_outside_on_guarded_pages(reference_function reference) {
    constexpr std::size_t largest = 4097;
    const std::array<support::guarded_memory, most_rows + 1> memory{
        support::guarded_memory(largest * sizeof(float)), support::guarded_memory(largest * sizeof(float)),
        support::guarded_memory(largest * sizeof(float)), support::guarded_memory(largest * sizeof(float)),
        support::guarded_memory(largest * sizeof(float))};
    for (const std::size_t dim : dimensions()) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        for (const bool at_end : {true, false}) {
            const auto put = [&](std::size_t v, const auto& vector) {
                const auto bytes = std::as_bytes(std::span(vector));
                std::byte* const place = at_end ? memory[v].last(bytes.size()) : memory[v].first();
                std::memcpy(place, bytes.data(), bytes.size());
                return reinterpret_cast<decltype(vector.data())>(place);
            };
            const std::span all(values);
            const std::span query(put(0, all.first(dim)), dim);
            std::array<const Stored*, most_rows> rows;
            for (std::size_t r = 0; r < most_rows; ++r) {
                rows[r] = put(r + 1, stored<Stored>(all.subspan((r + 1) * dim, dim)));
            }
            for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
                for (std::size_t count = 1; count <= most_rows; ++count) {
                    std::array<float, most_rows> out;
                    k.some(query.data(), rows.data(), count, dim, out.data());
                    for (std::size_t r = 0; r < count; ++r) {
                        ASSERT_EQ(double{out[r]}, reference(query, all.subspan((r + 1) * dim, dim)).value)
                            << k.architecture << ", dim " << dim;
                    }
                }
            }
        }
    }
}

/// The same for the address sanitizer: each vector is a heap block of its own size.
template <class Reduction, class Stored>
void touches_nothing_outside_on_the_heap(reference_function reference) {
    for (const std::size_t dim : dimensions()) {
        const auto values = support::random_whole_floats((most_rows + 1) * dim, dim, 15);
        const std::span all(values);
        const auto query = std::make_unique<float[]>(dim);
        std::memcpy(query.get(), values.data(), dim * sizeof(float));
        std::array<std::unique_ptr<Stored[]>, most_rows> blocks;
        std::array<const Stored*, most_rows> rows;
        for (std::size_t r = 0; r < most_rows; ++r) {
            blocks[r] = std::make_unique<Stored[]>(dim);
            std::memcpy(blocks[r].get(), stored<Stored>(all.subspan((r + 1) * dim, dim)).data(),
                        dim * sizeof(Stored));
            rows[r] = blocks[r].get();
        }
        for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
            for (std::size_t count = 1; count <= most_rows; ++count) {
                std::array<float, most_rows> out;
                k.some(query.get(), rows.data(), count, dim, out.data());
                ASSERT_EQ(double{out[count - 1]},
                          reference({query.get(), dim}, all.subspan(count * dim, dim)).value)
                    << k.architecture << ", dim " << dim;
            }
        }
    }
}

/// What is refused at the door is found by a kernel: a value that is not finite must not get lost in any lane
/// or tail.
template <class Reduction, class Stored>
void loses_no_value_that_is_not_finite() {
    for (std::size_t dim = 1; dim <= 140; ++dim) {
        std::vector<Stored> values(dim, Stored(1.0f));
        const std::vector<float> other(dim, 2.0f);
        const std::array<const Stored*, most_rows> rows{values.data(), values.data(), values.data(),
                                                       values.data()};
        for (std::size_t i = 0; i < dim; ++i) {
            for (const float bad :
                 {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
                values[i] = Stored(bad);
                for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
                    std::array<float, most_rows> out;
                    k.some(other.data(), rows.data(), most_rows, dim, out.data());
                    for (const float sum : out)
                        ASSERT_FALSE(std::isfinite(sum)) << k.architecture << ", dim " << dim;
                    ASSERT_FALSE(std::isfinite(k.one(other.data(), values.data(), dim)));
                }
            }
            values[i] = Stored(1.0f);
        }
    }
}

/// To the last bit: or equal vectors would have different distances, and ties would fall by chance.
template <class Reduction, class Stored>
void does_not_depend_on_how_many_rows_there_are() {
    for (const std::size_t dim : dimensions()) {
        const operands<Stored> all(dim, 3, support::random_floats((most_rows + 1) * dim, dim));
        for (const auto& k : kernels<Reduction, Stored>()) {
            std::array<float, most_rows> together{};
            k.some(all.query().data(), all.rows(), most_rows, dim, together.data());
            for (std::size_t count = 1; count < most_rows; ++count) {
                for (std::size_t first = 0; first + count <= most_rows; ++first) {
                    std::array<float, most_rows> out{};
                    k.some(all.query().data(), all.rows() + first, count, dim, out.data());
                    for (std::size_t r = 0; r < count; ++r) ASSERT_EQ(out[r], together[first + r]) << k.architecture << ", dim " << dim;
                }
            }
        }
    }
}

/// Rows may be one and the same.
template <class Reduction, class Stored>
void rows_may_coincide(reference_function reference) {
    for (const std::size_t dim : {1u, 5u, 16u, 37u, 100u}) {
        const auto query = support::random_whole_floats(dim, dim, 15);
        const auto other = support::random_whole_floats(dim, dim + 1, 15);
        const auto a = stored<Stored>(query);
        const auto b = stored<Stored>(other);
        const std::array<const Stored*, most_rows> rows{a.data(), b.data(), b.data(), a.data()};
        for (const kernel<Stored>& k : kernels<Reduction, Stored>()) {
            std::array<float, most_rows> out;
            k.some(query.data(), rows.data(), most_rows, dim, out.data());
            EXPECT_EQ(double{out[0]}, reference(query, query).value);
            EXPECT_EQ(double{out[1]}, reference(query, other).value);
            EXPECT_EQ(out[2], out[1]);
            EXPECT_EQ(out[3], out[0]);
        }
    }
}

/// The query may be a row itself, in the type that rows have.
template <class Reduction, class Stored>
void the_query_may_be_a_row(reference_function reference) {
    for (const std::size_t dim : {1u, 5u, 16u, 37u, 100u}) {
        const auto values = support::random_whole_floats(dim, dim, 15);
        const auto row = stored<Stored>(values);
        for_each_architecture([&]<class Arch>() {
            EXPECT_EQ((sextant::simd::reduce<Reduction, Arch>(row.data(), row.data(), dim)),
                      reference(values, values).value)
                << Arch::name() << ", dim " << dim;
        });
    }
}

/// The types that rows may have.
using row_types = testing::Types<float, sextant::half, sextant::bfloat16>;

struct row_type_names {
    template <class Stored>
    static std::string GetName(int) {
        if (std::is_same_v<Stored, float>) return "float";
        return std::is_same_v<Stored, sextant::half> ? "half" : "bfloat16";
    }
};

}  // namespace simd_test
