#include <sextant/codec/codec.hpp>
#include <sextant/codec/tags.hpp>
#include <sextant/memory/arena.hpp>
#include <sextant/metric/l2.hpp>
#include <sextant/simd/reduce.hpp>

#include <benchmark/benchmark.h>

#include "micro/records.hpp"
#include "micro/vectors.hpp"
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

// The arena's price: the same reads of random records, addressed by the arena and by a flat pointer, on the
// same kind of pages. `one_float` reads next to nothing per record and shows the addressing at its dearest;
// `distance` is what a search does with a record.
namespace {

using namespace sextant;
using l2_codec = codec_for<f32, l2>;

constexpr std::size_t link_bytes = 128; // level-0 links of degree 16, before the vector

std::size_t stride_of(std::size_t dim) { return round_up(link_bytes + dim * sizeof(float), cache_line); }

template <class Records>
struct storage;

template <>
struct storage<arena> {
    storage(std::size_t count, std::size_t stride) : records(stride) { records.commit(count); }
    arena records;
};

template <>
struct storage<bench::flat_records> {
    storage(std::size_t count, std::size_t stride) : records(count, stride) {}
    bench::flat_records records;
};

/// Records of links and a vector, more than the caches hold or few enough to stay in them.
template <class Records>
struct fixture : storage<Records> {
    fixture(std::size_t dim, std::size_t bytes)
        : storage<Records>(bytes / stride_of(dim), stride_of(dim)),
          slots(bench::random_slots(bytes / stride_of(dim))) {
        const std::vector<float> vector = bench::random_vector<float>(dim, 1);
        for (std::size_t id = 0; id < bytes / stride_of(dim); ++id) {
            std::memcpy(this->records.at(static_cast<slot>(id)) + link_bytes, vector.data(),
                        dim * sizeof(float));
        }
    }
    std::vector<slot> slots;
};

void count(benchmark::State& state, std::size_t per_iteration) {
    const auto records = static_cast<double>(state.iterations()) * static_cast<double>(per_iteration);
    state.counters["per_record"] =
        benchmark::Counter(records, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Records>
void one_float(benchmark::State& state) {
    const fixture<Records> f(static_cast<std::size_t>(state.range(0)),
                             static_cast<std::size_t>(state.range(1)) << 10);
    float sum = 0;
    for (auto _ : state) {
        for (const slot id : f.slots) {
            float value;
            std::memcpy(&value, f.records.at(id) + link_bytes, sizeof value);
            sum += value;
        }
        benchmark::DoNotOptimize(sum);
    }
    count(state, f.slots.size());
}

template <class Records>
void distance(benchmark::State& state) {
    const auto dim = static_cast<std::size_t>(state.range(0));
    const fixture<Records> f(dim, static_cast<std::size_t>(state.range(1)) << 10);
    const l2_codec codec(dim);
    const std::vector<float> target = bench::random_vector<float>(dim, 2);
    std::vector<std::byte> bytes(codec.query_bytes());
    const l2_codec::query query = codec.prepare(target, bytes.data());
    std::array<const std::byte*, simd::kernel_rows> codes;
    std::array<float, simd::kernel_rows> out{};
    std::size_t next = 0;
    for (auto _ : state) {
        for (std::size_t r = 0; r < codes.size(); ++r)
            codes[r] = f.records.at(f.slots[next + r]) + link_bytes;
        next = (next + codes.size()) & (f.slots.size() - 1);
        codec.distances(query, codes.data(), codes.size(), out.data());
        benchmark::DoNotOptimize(out);
    }
    count(state, codes.size());
}

/// 1 MiB of records, which caches hold, and 256 MiB.
void sizes(benchmark::internal::Benchmark* b) {
    b->ArgNames({"dim", "KiB"})
        ->ArgsProduct({{100, 128, 784, 1536}, {1024, static_cast<std::int64_t>(bench::beyond_caches >> 10)}});
}

BENCHMARK_TEMPLATE(one_float, arena)->Apply(sizes);
BENCHMARK_TEMPLATE(one_float, bench::flat_records)->Apply(sizes);
BENCHMARK_TEMPLATE(distance, arena)->Apply(sizes);
BENCHMARK_TEMPLATE(distance, bench::flat_records)->Apply(sizes);

} // namespace
