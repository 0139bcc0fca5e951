#include <sextant/sextant.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "index/support/heap.hpp"
#include "index/support/points.hpp"
#include "support/allocations.hpp"

namespace allocations_test {

using sextant::hit;

template <class Metric>
struct data_for {
    static constexpr std::size_t dim = 24;
    static support::matrix<float> points(std::size_t count, std::uint64_t seed, std::uint64_t stream) {
        return support::clustered_points(count, dim, seed, stream);
    }
};

template <>
struct data_for<sextant::hamming> {
    static constexpr std::size_t dim = 96;
    static support::matrix<std::uint8_t> points(std::size_t count, std::uint64_t seed, std::uint64_t stream) {
        return support::random_codes(count, dim / 8, seed + stream);
    }
};

template <class Metric>
class allocations : public testing::Test {
protected:
    using index = sextant::index<Metric>;
    static constexpr std::size_t count = 4000;

    allocations() {
        const auto base = data_for<Metric>::points(count, 171, 0);
        index_.build(support::keys_from(0, count), sextant::rows(base.values, base.dim));
    }

    /// How often memory was asked for while `search` ran over the queries [from, to).
    template <class Search>
    std::size_t asked_by(std::size_t from, std::size_t to, Search&& search) {
        const std::size_t before = support::allocations();
        for (std::size_t q = from; q < to; ++q) found_ += search(queries_[q]).size();
        return support::allocations() - before;
    }

    index index_{{.dim = data_for<Metric>::dim, .degree = 8, .ef_construction = 40}};
    decltype(data_for<Metric>::points(1, 1, 1)) queries_ = data_for<Metric>::points(60, 171, 1);
    std::vector<hit<>> out_ = std::vector<hit<>>(1000);
    std::size_t found_ = 0;
};

using metrics = testing::Types<sextant::l2, sextant::cosine, sextant::hamming>;
TYPED_TEST_SUITE(allocations, metrics);

TYPED_TEST(allocations, are_none_once_a_thread_has_searched_with_such_an_ef) {
    for (const std::size_t k : {1u, 10u, 100u, 1000u}) {
        for (const std::size_t ef : {10u, 64u, 500u, 2000u}) {
            const auto search = [&](auto query) {
                return this->index_.search_into(query, std::span(this->out_).first(k), {.ef = ef});
            };
            this->asked_by(0, 1, search);
            EXPECT_EQ(this->asked_by(1, 60, search), 0u) << "k " << k << ", ef " << ef;
        }
    }
    EXPECT_EQ(this->found_, 4u * 60u * (1 + 10 + 100 + 1000));
}

TYPED_TEST(allocations, are_none_with_statistics_and_a_stop_condition) {
    const std::atomic<bool> flag = false;
    sextant::search_stats stats;
    const auto search = [&](auto query) {
        return this->index_.search_into(query, this->out_, {.ef = 2000, .stop = flag, .stats = &stats});
    };
    this->asked_by(0, 1, search);
    EXPECT_EQ(this->asked_by(1, 60, search), 0u);
}

TYPED_TEST(allocations, are_none_with_a_filter_once_a_thread_has_searched_with_such_an_ef) {
    for (const std::uint64_t step : {1u, 2u, 50u, 100'000u}) {
        const auto filter = [&](std::uint64_t key) { return key % step == 0; };
        for (const std::size_t k : {10u, 1000u}) {
            for (const std::size_t ef : {64u, 2000u}) {
                const auto last = [&](auto query) {
                    return this->index_.search_into(query, std::span(this->out_).first(k), {.ef = ef}, filter);
                };
                const auto option = [&](auto query) {
                    return this->index_.search_into(query, std::span(this->out_).first(k), {.ef = ef, .filter = filter});
                };
                sextant::release_scratch();
                this->asked_by(0, 1, last);
                EXPECT_EQ(this->asked_by(1, 60, last), 0u) << "one in " << step << ", k " << k << ", ef " << ef;
                EXPECT_EQ(this->asked_by(1, 60, option), 0u);
            }
        }
    }
}

TYPED_TEST(allocations, are_none_when_indexes_take_turns) {
    typename TestFixture::index other({.dim = data_for<TypeParam>::dim});
    const auto points = data_for<TypeParam>::points(100, 172, 0);
    for (std::size_t row = 0; row < points.rows; ++row) other.insert(row, points[row]);
    const auto search = [&](auto query) {
        const auto few = other.search_into(query, std::span(this->out_).first(10));
        const auto many = this->index_.search_into(query, std::span(this->out_).first(500), {.ef = 700});
        return many.size() > few.size() ? many : few;
    };
    this->asked_by(0, 1, search);
    EXPECT_EQ(this->asked_by(1, 60, search), 0u);
}

TYPED_TEST(allocations, are_none_for_contains_and_get_into) {
    auto vector = std::vector<typename TestFixture::index::element>(this->queries_.dim);
    const std::size_t before = support::allocations();
    for (std::uint64_t key = 0; key < 100; ++key) {
        this->found_ += this->index_.contains(key * 80) ? 1u : 0u;
        this->found_ += this->index_.get_into(key, vector) ? 1u : 0u;
    }
    EXPECT_EQ(support::allocations(), before);
    EXPECT_EQ(this->found_, 150u);
}

TYPED_TEST(allocations, of_a_search_that_returns_a_vector_are_that_vector) {
    const auto search = [&](auto query) { return this->index_.search(query, 10); };
    this->asked_by(0, 1, search);
    EXPECT_EQ(this->asked_by(1, 60, search), 59u);
}

TYPED_TEST(allocations, come_back_after_release_scratch_which_gives_the_memory_back) {
    sextant::release_scratch();
    const support::heap_bytes nothing;
    const auto search = [&](auto query) { return this->index_.search_into(query, this->out_, {.ef = 2000}); };
    EXPECT_GT(this->asked_by(0, 1, search), 0u);
    if (nothing.known()) {
        EXPECT_GT(nothing.grown_by(), 16'000) << "a beam of 2,000 and marks for 4,000 nodes";
    }
    sextant::release_scratch();
    if (nothing.known()) {
        EXPECT_EQ(nothing.grown_by(), 0);
    }
    EXPECT_GT(this->asked_by(0, 1, search), 0u);
    EXPECT_EQ(this->asked_by(1, 60, search), 0u);
    sextant::release_scratch();
    sextant::release_scratch();
}

TYPED_TEST(allocations, of_inserts_and_their_scratch_are_given_back_too) {
    {
        typename TestFixture::index other({.dim = data_for<TypeParam>::dim});
        const auto points = data_for<TypeParam>::points(100, 172, 0);
        sextant::release_scratch();
        for (std::size_t row = 0; row < points.rows; ++row) other.insert(row, points[row]);
        const support::heap_bytes with_scratch;
        sextant::release_scratch();
        if (with_scratch.known()) {
            EXPECT_LT(with_scratch.grown_by(), -2'000);
        }
    }
}

/// A codec, and the type in which its vectors may come.
template <class CodecType, class NumberType = float>
struct stored_as {
    using codec = CodecType;
    using number = NumberType;
};

template <class Case>
class allocations_of_codecs : public testing::Test {
protected:
    using number = typename Case::number;
    static constexpr std::size_t count = 1500;
    static constexpr std::size_t dim = 24;

    static support::matrix<number> points(std::size_t n, std::uint64_t stream) {
        support::matrix<number> result{n, dim, {}};
        for (const float value : support::clustered_points(n, dim, 174, stream).values) {
            result.values.push_back(static_cast<number>(std::is_same_v<number, std::uint8_t> ? 50.0f * value + 100.0f : value));
        }
        return result;
    }
};

using kinds = testing::Types<stored_as<sextant::f16, sextant::half>, stored_as<sextant::u8, std::uint8_t>, stored_as<sextant::lvq<8>>,
                             stored_as<sextant::rabitq<2>>, stored_as<sextant::lvq<4, 8>>,
                             stored_as<sextant::rerank<sextant::lvq<4>, sextant::f16>>>;
TYPED_TEST_SUITE(allocations_of_codecs, kinds);

TYPED_TEST(allocations_of_codecs, are_none_once_a_thread_has_searched) {
    const auto base = this->points(this->count, 0);
    const auto queries = this->points(40, 1);
    sextant::index<sextant::l2, typename TypeParam::codec> index({.dim = this->dim, .degree = 8, .ef_construction = 40});
    index.build(support::keys_from(0, this->count), sextant::rows(base.values, this->dim));
    std::vector<hit<>> out(100);
    std::vector<float> vector(this->dim);
    std::size_t found = 0;
    const auto ask = [&](std::size_t from, std::size_t to) {
        const std::size_t before = support::allocations();
        sextant::search_stats stats;
        for (std::size_t q = from; q < to; ++q) {
            found += index.search_into(queries[q], out, {.ef = 300}).size();
            found += index.search_into(queries[q], out, {.ef = 150, .rerank = 150, .stats = &stats}).size();
            found += index.search_into(queries[q], out, {}, [](std::uint64_t key) { return key % 2 == 0; }).size();
            found += index.get_into(q, vector) ? 1u : 0u;
        }
        return support::allocations() - before;
    };
    sextant::release_scratch();
    EXPECT_GT(ask(0, 1), 0u) << "or nothing is counted";
    EXPECT_EQ(ask(1, 40), 0u);
    EXPECT_EQ(found, 40u * 301u);

    index.reserve(this->count + 1000);
    for (std::uint64_t key = 0; key < 500; ++key) index.insert(this->count + key, base[key]);
    const std::size_t before = support::allocations();
    for (std::uint64_t key = 500; key < 1000; ++key) index.insert(this->count + key, base[key]);
    EXPECT_LT(support::allocations() - before, 30u) << "tables of keys, upper levels and marks double now and then";
}

TEST(allocations_of_exact_codes, are_none_in_steady_state_and_given_back) {
    using codec_type = sextant::codec_for<sextant::rabitq<4, sextant::rabitq_encoding::exact>, sextant::l2>;
    using kept = sextant::lease<sextant::rabitq_sweep>;
    const codec_type codec(24);
    const support::matrix<float> points = support::clustered_points(100, 24, 175);
    std::vector<std::byte> code(codec.code_bytes());
    const auto encode_all = [&] {
        const std::size_t before = support::allocations();
        for (std::size_t row = 0; row < points.rows; ++row) codec.encode(points[row], code.data());
        return support::allocations() - before;
    };
    sextant::release_scratch();
    EXPECT_GT(encode_all(), 0u);
    EXPECT_EQ(encode_all(), 0u);
    EXPECT_GT(kept()->bytes(), 0u);
    sextant::release_scratch();
    EXPECT_EQ(kept()->bytes(), 0u);
}

TEST(allocations_of_inserts, are_those_of_growth_alone) {
    sextant::index<sextant::l2> index({.dim = 24, .degree = 8, .ef_construction = 40});
    const support::matrix<float> points = support::clustered_points(4000, 24, 173);
    index.reserve(points.rows);
    for (std::size_t row = 0; row < 1000; ++row) index.insert(row, points[row]);
    const std::size_t before = support::allocations();
    for (std::size_t row = 1000; row < 4000; ++row) index.insert(row, points[row]);
    EXPECT_LT(support::allocations() - before, 100u) << "tables of keys, upper levels and marks double now and then";
}

TEST(allocations_of_an_empty_index, are_under_4_kib) {
    const support::heap_bytes before;
    {
        const sextant::index<sextant::l2> index({.dim = 1536});
        if (!before.known()) GTEST_SKIP() << "the heap is not measured here";
        EXPECT_GT(before.grown_by(), 100);
        EXPECT_LT(before.grown_by(), 4096 - static_cast<std::ptrdiff_t>(sizeof(index)));
        EXPECT_LE(before.grown_by(), static_cast<std::ptrdiff_t>(index.memory_usage().total()) + 64) << "it reports what it takes";
    }
    EXPECT_EQ(before.grown_by(), 0);
}

}  // namespace allocations_test
