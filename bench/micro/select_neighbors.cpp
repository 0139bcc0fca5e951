#include <sextant/build/select_neighbors.hpp>
#include <sextant/sextant.hpp>

#include <benchmark/benchmark.h>

#include "micro/vectors.hpp"
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace {

using namespace sextant;
using l2_index = sextant::index<l2>;

/// Chooses the links of a node among the 200 candidates nearest to it, as an insertion with ef_construction
/// 200 does.
void select_links(benchmark::State& state) {
    constexpr std::size_t rows = 10'000, candidates_each = 200, bases = 64;
    const auto dim = static_cast<std::size_t>(state.range(0));
    const auto degree = static_cast<std::size_t>(state.range(1));
    const bench::float_matrix vectors = bench::surface_vectors(rows, dim);
    std::vector<std::uint64_t> keys(rows);
    std::iota(keys.begin(), keys.end(), std::uint64_t{0});
    l2_index filled({.dim = dim, .degree = degree, .ef_construction = 16});
    // One by one, so that a key is also its vector's slot.
    for (const std::uint64_t key : keys) filled.insert(key, vectors[key]);

    std::vector<std::vector<neighbor>> candidates(bases);
    for (std::size_t base = 0; base < bases; ++base) {
        const auto others = [&](std::uint64_t key) { return key != base; };
        for (const auto& [key, distance] :
             filled.search_exact(vectors[base], candidates_each, {.filter = others})) {
            candidates[base].push_back({distance, static_cast<slot>(key)});
        }
    }
    const l2_index::codec_type codec(dim);
    selection_space space;
    space.reserve(candidates_each, degree, codec.query_bytes());
    std::size_t base = 0;
    std::size_t kept = 0;
    for (auto _ : state) {
        select_neighbors(
            filled.nodes(), codec, std::span<const neighbor>(candidates[base]), degree,
            [](slot) { return false; }, space);
        kept += space.kept.size();
        base = (base + 1) % bases;
    }
    state.counters["kept"] =
        benchmark::Counter(static_cast<double>(kept), benchmark::Counter::kAvgIterations);
}

BENCHMARK(select_links)->ArgNames({"dim", "degree"})->ArgsProduct({{100, 128, 784, 1536}, {16, 32}});

} // namespace
