#include <sextant/codec/codec.hpp>
#include <sextant/codec/tags.hpp>
#include <sextant/metric/cosine.hpp>
#include <sextant/metric/hamming.hpp>
#include <sextant/metric/inner_product.hpp>
#include <sextant/metric/l2.hpp>
#include <sextant/simd/reduce.hpp>

#include <benchmark/benchmark.h>

#include "micro/records.hpp"
#include "micro/vectors.hpp"
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// Distances from one prepared query to stored codes, as the search calls them: through a codec, several at a
// time.
namespace {

using namespace sextant;

constexpr std::size_t most_rows = simd::kernel_rows;

/// A query and a block of codes; the same few vectors over and over, because only their places matter here.
template <class Codec>
struct fixture {
    fixture(std::size_t dim, std::size_t bytes)
        : codec(dim), stride(round_up(codec.code_bytes(), cache_line)),
          codes(std::max(bytes / stride, most_rows), stride), query_bytes(codec.query_bytes() + cache_line) {
        std::array<std::vector<typename Codec::element>, 16> vectors;
        for (std::size_t i = 0; i < vectors.size(); ++i) {
            vectors[i] = bench::random_vector<typename Codec::element>(codec.length(), i + 1);
        }
        for (std::size_t id = 0; id < codes.size(); ++id) {
            codec.encode(vectors[id % vectors.size()], codes.at(static_cast<slot>(id)));
        }
        void* aligned = query_bytes.data();
        std::size_t space = query_bytes.size();
        std::align(cache_line, codec.query_bytes(), aligned, space);
        query = codec.prepare(vectors.back(), static_cast<std::byte*>(aligned));
    }

    Codec codec;
    std::size_t stride;
    bench::flat_records codes;
    std::vector<std::byte> query_bytes;
    typename Codec::query query;
};

void count(benchmark::State& state, std::size_t rows, std::size_t code_bytes) {
    const auto distances = static_cast<double>(state.iterations()) * static_cast<double>(rows);
    state.counters["per_distance"] =
        benchmark::Counter(distances, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.SetBytesProcessed(static_cast<std::int64_t>(distances * static_cast<double>(code_bytes)));
}

template <class Codec>
void hot(benchmark::State& state) {
    const auto rows = static_cast<std::size_t>(state.range(1));
    const fixture<Codec> f(static_cast<std::size_t>(state.range(0)), 0);
    std::array<const std::byte*, most_rows> codes;
    for (std::size_t r = 0; r < rows; ++r) codes[r] = f.codes.at(static_cast<slot>(r));
    std::array<float, most_rows> out{};
    for (auto _ : state) {
        benchmark::DoNotOptimize(codes.data());
        f.codec.distances(f.query, codes.data(), rows, out.data());
        benchmark::DoNotOptimize(out);
    }
    count(state, rows, f.codec.code_bytes());
}

template <class Codec>
void random(benchmark::State& state) {
    const fixture<Codec> f(static_cast<std::size_t>(state.range(0)), bench::beyond_caches);
    const std::vector<slot> slots = bench::random_slots(f.codes.size());
    std::array<const std::byte*, most_rows> codes;
    std::array<float, most_rows> out{};
    std::size_t next = 0;
    for (auto _ : state) {
        for (std::size_t r = 0; r < most_rows; ++r) codes[r] = f.codes.at(slots[next + r]);
        next = (next + most_rows) & (slots.size() - 1);
        f.codec.distances(f.query, codes.data(), most_rows, out.data());
        benchmark::DoNotOptimize(out);
    }
    count(state, most_rows, f.codec.code_bytes());
}

const std::vector<std::int64_t> dims{16, 96, 100, 128, 768, 784, 960, 1536};

void every_dim_and_row_count(benchmark::internal::Benchmark* b) {
    b->ArgNames({"dim", "rows"})->ArgsProduct({dims, {1, static_cast<std::int64_t>(most_rows)}});
}

void every_dim(benchmark::internal::Benchmark* b) { b->ArgName("dim")->ArgsProduct({dims}); }

using l2_codec = codec_for<f32, l2>;
using inner_product_codec = codec_for<f32, inner_product>;
using cosine_codec = codec_for<f32, cosine>;
using l2_f16_codec = codec_for<f16, l2>;
using l2_bf16_codec = codec_for<bf16, l2>;
using cosine_f16_codec = codec_for<f16, cosine>;
using cosine_bf16_codec = codec_for<bf16, cosine>;
using hamming_codec = codec_for<bits, hamming>;

BENCHMARK_TEMPLATE(hot, l2_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, inner_product_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, cosine_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, l2_f16_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, l2_bf16_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, cosine_f16_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, cosine_bf16_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(hot, hamming_codec)->Apply(every_dim_and_row_count);
BENCHMARK_TEMPLATE(random, l2_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, inner_product_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, cosine_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, l2_f16_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, l2_bf16_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, cosine_f16_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, cosine_bf16_codec)->Apply(every_dim);
BENCHMARK_TEMPLATE(random, hamming_codec)->Apply(every_dim);

} // namespace
