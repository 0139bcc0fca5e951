#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "index/support/points.hpp"
#include "index/support/refusals.hpp"

namespace native_input_test {

using sextant::errc;
using support::expect_error;
using sextant::rows;

constexpr std::size_t dim = 19;  // no kernel's width divides it
constexpr std::size_t count = 300;

TEST(input, may_be_numbers_in_braces_and_zero_is_a_number) {
    sextant::index<sextant::l2> index({.dim = 2});
    EXPECT_TRUE(index.insert(1, {0, 2}));
    EXPECT_TRUE(index.insert(2, {1.5f, 0.5f}));
    EXPECT_EQ(index.get(1), (std::vector<float>{0, 2}));
    EXPECT_EQ(index.search({0, 2}, 1).front().key, 1u);
    expect_error(errc::dimension_mismatch, [&] { index.insert(3, {1, 2, 3}); });
    expect_error(errc::dimension_mismatch, [&] { index.insert(3, {}); });
    sextant::index<sextant::l2, sextant::u8> bytes({.dim = 3});
    EXPECT_TRUE(bytes.insert(1, {0, 1, 255}));
    EXPECT_EQ(bytes.get(1), (std::vector<float>{0, 1, 255}));
}

TEST(input, may_be_a_pointer_and_a_length) {
    const float floats[] = {1, 2, 3};
    float more[] = {4, 5, 6};
    const std::uint8_t bytes[] = {4, 5, 6};
    sextant::index<sextant::l2, sextant::u8> index({.dim = 3});
    EXPECT_TRUE(index.insert(1, {floats, 3}));
    const int length = 3;  // as hnswlib's examples have it
    EXPECT_FALSE(index.insert_or_assign(1, {more, length}));
    expect_error(errc::dimension_mismatch, [&] { index.insert(2, {bytes, -length}); });
    enum : unsigned { dim_of_enum = 3 };
    EXPECT_TRUE(index.insert(2, {bytes, dim_of_enum}));
    EXPECT_TRUE(index.erase(2));
    EXPECT_EQ(index.search({bytes, 3}, 1), index.search({more, 3}, 1));
}

/// The same numbers as floats and as what the codec stores.
template <class Native>
struct both {
    support::matrix<float> floats;
    support::matrix<Native> natives;

    both(std::size_t rows, std::uint64_t seed) : floats(support::grid_points(rows, dim, seed, 50)), natives{rows, dim, {}} {
        for (float& value : floats.values) {
            if (std::is_same_v<Native, std::uint8_t>) value += 100.0f;
            natives.values.push_back(static_cast<Native>(value));
        }
    }
};

template <class MetricType, class CodecType, class NativeType>
struct native_case {
    using metric = MetricType;
    using index = sextant::index<MetricType, CodecType>;
    using native = NativeType;
};

template <class Case>
class native_input : public testing::Test {
protected:
    using index_type = typename Case::index;
    using native = typename Case::native;
    static constexpr sextant::index_options options{.dim = dim, .degree = 8, .ef_construction = 40};
    both<native> base_{count, 251};
    both<native> queries_{20, 252};
};

using cases = testing::Types<native_case<sextant::l2, sextant::u8, std::uint8_t>, native_case<sextant::cosine, sextant::i8, std::int8_t>,
                             native_case<sextant::inner_product, sextant::f16, sextant::half>>;
TYPED_TEST_SUITE(native_input, cases);

TYPED_TEST(native_input, makes_the_same_index_as_floats) {
    typename TestFixture::index_type a(this->options);
    typename TestFixture::index_type b(this->options);
    const std::size_t half = count / 2;
    EXPECT_EQ(a.build(support::keys_from(0, half), rows(this->base_.floats.values.data(), half, dim)), half);
    EXPECT_EQ(b.build(support::keys_from(0, half), rows(this->base_.natives.values.data(), half, dim)), half);
    for (std::size_t row = half; row < count; ++row) {
        EXPECT_TRUE(a.insert(row, this->base_.floats[row]));
        EXPECT_TRUE(b.insert(row, this->base_.natives[row]));
    }
    EXPECT_FALSE(b.insert(7, this->base_.natives[8])) << "the key is there";
    EXPECT_EQ(a.checksum(), b.checksum());
    for (std::size_t row = 0; row < count; ++row) EXPECT_EQ(a.get(row), b.get(row));

    const auto odd = [](std::uint64_t key) { return key % 2 == 1; };
    const auto batch = b.search_batch(rows(this->queries_.natives.values, dim), 10);
    const auto expected = a.search_batch(rows(this->queries_.floats.values, dim), 10);
    std::array<sextant::hit<>, 10> out;
    for (std::size_t q = 0; q < 20; ++q) {
        const auto floats = this->queries_.floats[q];
        const auto natives = this->queries_.natives[q];
        EXPECT_EQ(a.search(floats, 10), b.search(natives, 10));
        EXPECT_EQ(a.search(floats, 10), a.search(natives, 10));
        EXPECT_EQ(a.search(floats, 10, {}, odd), b.search(natives, 10, {}, odd));
        EXPECT_EQ(a.search_exact(floats, count), b.search_exact(natives, count));
        EXPECT_TRUE(std::ranges::equal(batch[q], expected[q]));
        EXPECT_TRUE(std::ranges::equal(b.search_into(natives, out), expected[q]));
    }
}

TYPED_TEST(native_input, may_come_as_anything_contiguous) {
    using number = typename TestFixture::native;
    typename TestFixture::index_type tested(this->options);
    std::vector<number> vector(this->base_.natives[0].begin(), this->base_.natives[0].end());
    std::array<number, dim> array;
    number c_array[dim];
    std::copy(vector.begin(), vector.end(), array.begin());
    std::copy(vector.begin(), vector.end(), c_array);
    const std::vector<number> constant = vector;
    std::uint64_t key = 0;
    EXPECT_TRUE(tested.insert(key++, vector));
    EXPECT_TRUE(tested.insert(key++, constant));
    EXPECT_TRUE(tested.insert(key++, array));
    EXPECT_TRUE(tested.insert(key++, c_array));
    EXPECT_TRUE(tested.insert(key++, std::span<number>(vector)));
    EXPECT_TRUE(tested.insert(key++, std::span<const number, dim>(array)));
    EXPECT_TRUE(tested.insert(key++, {vector.data(), vector.size()}));
    EXPECT_TRUE(tested.insert(key++, std::vector<number>(vector)));

    std::vector<float> floats(this->base_.floats[0].begin(), this->base_.floats[0].end());
    float c_floats[dim];
    std::array<float, dim> array_of_floats;
    std::copy(floats.begin(), floats.end(), c_floats);
    std::copy(floats.begin(), floats.end(), array_of_floats.begin());
    EXPECT_TRUE(tested.insert(key++, floats));
    EXPECT_TRUE(tested.insert(key++, c_floats));
    EXPECT_TRUE(tested.insert(key++, array_of_floats));
    EXPECT_TRUE(tested.insert(key++, std::span<const float>(floats)));
    EXPECT_TRUE(tested.insert(key++, {floats.data(), floats.size()}));

    for (std::uint64_t i = 0; i < key; ++i) EXPECT_EQ(tested.get(i).value(), floats) << i;
    for (const auto& hits : {tested.search(vector, 1), tested.search(array, 1), tested.search(c_array, 1),
                             tested.search({c_array, dim}, 1), tested.search({c_floats, dim}, 1)}) {
        EXPECT_EQ(hits, tested.search(floats, 1));
    }
}

TYPED_TEST(native_input, of_another_dimension_is_refused) {
    using number = typename TestFixture::native;
    typename TestFixture::index_type tested(this->options);
    tested.insert(1, this->base_.natives[1]);
    const std::uint32_t sum = tested.checksum();
    for (const std::size_t size : {0u, 18u, 20u, 38u}) {
        const std::vector<number> vector(size, static_cast<number>(1.0f));
        expect_error(errc::dimension_mismatch, [&] { tested.insert(2, vector); });
        expect_error(errc::dimension_mismatch, [&] { tested.search(vector, 1); });
        expect_error(errc::dimension_mismatch, [&] { tested.search_exact(vector, 1); });
        if (size == 0) continue;
        expect_error(errc::dimension_mismatch, [&] { tested.build(std::vector<std::uint64_t>{2}, rows(vector, size)); });
        expect_error(errc::dimension_mismatch, [&] { tested.search_batch(rows(vector, size), 1); });
    }
    expect_error(errc::count_mismatch, [&] { tested.build(std::vector<std::uint64_t>{2}, rows(this->base_.natives.values, dim)); });
    EXPECT_EQ(tested.size(), 1u);
    EXPECT_EQ(tested.checksum(), sum);
}

/// A vector that does not fit a codec, in every way of bringing it, into an index of some vectors.
template <class Index>
void expect_refused(errc code, const std::vector<float>& vector) {
    const both<std::uint8_t> base(50, 253);
    Index tested({.dim = dim, .degree = 4});
    for (std::size_t row = 0; row < 50; ++row) tested.insert(row, base.floats[row]);
    const auto answer = tested.search(base.floats[0], 50);
    const std::uint32_t sum = tested.checksum();
    expect_error(code, [&] { tested.insert(1000, vector); });
    expect_error(code, [&] { tested.insert(3, vector); });
    expect_error(code, [&] { tested.search(vector, 3); });
    expect_error(code, [&] { tested.search_exact(vector, 3); });
    expect_error(code, [&] { tested.search_batch(rows(vector, dim), 3); });
    std::vector<float> block(base.floats[0].begin(), base.floats[0].end());
    block.insert(block.end(), vector.begin(), vector.end());
    expect_error(code, [&] { tested.build(std::vector<std::uint64_t>{1000, 1001}, rows(block, dim)); });
    EXPECT_EQ(tested.size(), 50u);
    EXPECT_FALSE(tested.contains(1000));
    EXPECT_EQ(tested.checksum(), sum);
    EXPECT_EQ(tested.search(base.floats[0], 50), answer);
}

std::vector<float> ones_but(float last) {
    std::vector<float> vector(dim, 1.0f);
    vector.back() = last;
    return vector;
}

TEST(refused_by_a_codec, floats_that_it_cannot_store) {
    using u8_index = sextant::index<sextant::l2, sextant::u8>;
    using f16_index = sextant::index<sextant::inner_product, sextant::f16>;
    for (const float bad : {256.0f, 255.6f, -1.0f, -0.6f, 1e30f}) expect_refused<u8_index>(errc::out_of_range, ones_but(bad));
    for (const float bad : {70'000.0f, -65'520.0f}) expect_refused<f16_index>(errc::not_finite, ones_but(bad));
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        expect_refused<u8_index>(errc::not_finite, ones_but(bad));
        expect_refused<f16_index>(errc::not_finite, ones_but(bad));
    }
    u8_index bytes({.dim = 2});
    EXPECT_TRUE(bytes.insert(1, std::vector<float>{255.4f, -0.4f})) << "rounded";
    EXPECT_EQ(bytes.get(1).value(), (std::vector<float>{255.0f, 0.0f}));
    f16_index halves({.dim = 2});
    EXPECT_TRUE(halves.insert(1, std::vector<float>{65'504.0f, -65'519.0f}));
    EXPECT_EQ(halves.get(1).value(), (std::vector<float>{65'504.0f, -65'504.0f}));
}

TEST(refused_by_a_codec, natives_that_it_cannot_compare) {
    sextant::index<sextant::inner_product, sextant::f16> halves({.dim = 2});
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        const std::vector<sextant::half> vector{sextant::half(1.0f), sextant::half(bad)};
        expect_error(errc::not_finite, [&] { halves.insert(1, vector); });
        expect_error(errc::not_finite, [&] { halves.search(vector, 1); });
        expect_error(errc::not_finite, [&] { halves.build(std::vector<std::uint64_t>{1}, rows(vector, 2)); });
    }
    EXPECT_TRUE(halves.empty());

    sextant::index<sextant::cosine, sextant::i8> bytes({.dim = 3});
    const std::vector<std::int8_t> zeros(3);
    expect_error(errc::zero_vector, [&] { bytes.insert(1, zeros); });
    expect_error(errc::zero_vector, [&] { bytes.search(zeros, 1); });
    expect_error(errc::zero_vector, [&] { bytes.insert(1, std::vector<float>{0.4f, -0.4f, 0.0f}); });
    EXPECT_TRUE(bytes.empty());
    EXPECT_TRUE(bytes.insert(1, std::vector<std::int8_t>{0, 0, -128}));
    EXPECT_EQ(bytes.get(1).value(), (std::vector<float>{0.0f, 0.0f, -128.0f}));
}

}  // namespace native_input_test
