#include <sextant/core/types.hpp>
#include <sextant/simd/dot.hpp>
#include <sextant/simd/packed_dot.hpp>

#include <benchmark/benchmark.h>

#include "micro/records.hpp"
#include "micro/vectors.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// Dot products of packed codes with a query of bytes, beside those of floats: what a code costs in the caches
// and what it saves in memory traffic.
namespace {

using namespace sextant;

constexpr std::size_t most_rows = simd::kernel_rows;

/// A query of bytes and codes of `Bits` bits.
template <unsigned Bits>
struct packed_codes {
    using layout = simd::packed<Bits>;
    using number = std::int32_t;

    static std::size_t code_bytes(std::size_t dim) { return layout::bytes(dim); }

    explicit packed_codes(std::size_t dim)
        : padded_dim(layout::padded(dim)), query(bench::random_vector<std::int8_t>(dim, 1)) {
        query.resize(padded_dim);
    }

    static void write(std::size_t dim, std::uint64_t seed, std::byte* code) {
        layout::pack(bench::random_vector<std::uint8_t>(dim, seed).data(), dim, code);
    }

    void distances(const std::byte* const* codes, std::size_t rows, number* out) const {
        simd::dot_packed<Bits>(query.data(), codes, rows, padded_dim, out);
    }

    std::size_t padded_dim;
    std::vector<std::int8_t> query;
};

/// The same of floats.
struct floats {
    using number = float;

    static std::size_t code_bytes(std::size_t dim) { return dim * sizeof(float); }

    explicit floats(std::size_t dim) : query(bench::random_vector<float>(dim, 1)) {}

    static void write(std::size_t dim, std::uint64_t seed, std::byte* code) {
        const std::vector<float> values = bench::random_vector<float>(dim, seed);
        std::copy_n(reinterpret_cast<const std::byte*>(values.data()), code_bytes(dim), code);
    }

    void distances(const std::byte* const* codes, std::size_t rows, number* out) const {
        simd::reduce_some<simd::product>(query.data(), codes, rows, query.size(), out);
    }

    std::vector<float> query;
};

/// Codes at cache lines; the same few vectors over and over, because only their places matter here.
template <class Codes>
struct fixture {
    fixture(std::size_t dim, std::size_t bytes)
        : codes(dim), code_bytes(Codes::code_bytes(dim)), stride(round_up(code_bytes, cache_line)),
          stored(std::max(bytes / stride, most_rows), stride) {
        constexpr std::size_t different = 16;
        for (std::size_t id = 0; id < std::min(stored.size(), different); ++id) {
            Codes::write(dim, id + 2, stored.at(static_cast<slot>(id)));
        }
        for (std::size_t id = different; id < stored.size(); ++id) {
            std::copy_n(stored.at(static_cast<slot>(id % different)), code_bytes,
                        stored.at(static_cast<slot>(id)));
        }
    }

    Codes codes;
    std::size_t code_bytes;
    std::size_t stride;
    bench::flat_records stored;
};

void count(benchmark::State& state, std::size_t rows, std::size_t code_bytes) {
    const auto distances = static_cast<double>(state.iterations()) * static_cast<double>(rows);
    state.counters["per_distance"] =
        benchmark::Counter(distances, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.SetBytesProcessed(static_cast<std::int64_t>(distances * static_cast<double>(code_bytes)));
}

template <class Codes>
void hot(benchmark::State& state) {
    const auto rows = static_cast<std::size_t>(state.range(1));
    const fixture<Codes> f(static_cast<std::size_t>(state.range(0)), 0);
    std::array<const std::byte*, most_rows> codes{};
    for (std::size_t r = 0; r < rows; ++r) codes[r] = f.stored.at(static_cast<slot>(r));
    std::array<typename Codes::number, most_rows> out{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(codes.data());
        f.codes.distances(codes.data(), rows, out.data());
        benchmark::DoNotOptimize(out);
    }
    count(state, rows, f.code_bytes);
}

template <class Codes>
void random(benchmark::State& state) {
    const fixture<Codes> f(static_cast<std::size_t>(state.range(0)), bench::beyond_caches);
    const std::vector<slot> slots = bench::random_slots(f.stored.size());
    std::array<const std::byte*, most_rows> codes;
    std::array<typename Codes::number, most_rows> out{};
    std::size_t next = 0;
    for (auto _ : state) {
        for (std::size_t r = 0; r < most_rows; ++r) codes[r] = f.stored.at(slots[next + r]);
        next = (next + most_rows) & (slots.size() - 1);
        f.codes.distances(codes.data(), most_rows, out.data());
        benchmark::DoNotOptimize(out);
    }
    count(state, most_rows, f.code_bytes);
}

const std::vector<std::int64_t> dims{128, 768, 784, 960, 1536};

void every_dim_and_row_count(benchmark::internal::Benchmark* b) {
    b->ArgNames({"dim", "rows"})->ArgsProduct({dims, {1, static_cast<std::int64_t>(most_rows)}});
}

void every_dim(benchmark::internal::Benchmark* b) { b->ArgName("dim")->ArgsProduct({dims}); }

BENCHMARK_TEMPLATE(hot, packed_codes<1>)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, packed_codes<4>)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, packed_codes<8>)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, floats)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(random, packed_codes<1>)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, packed_codes<4>)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, packed_codes<8>)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, floats)->Apply(every_dim);

} // namespace
