#include <sextant/search/beam.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <random>
#include <vector>

namespace {

using namespace sextant;

/// Distances as a search meets them: they fall while it nears its goal, then stay above most of the beam.
std::vector<float> falling_distances(std::size_t count) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<float> spread(0.5F, 1.5F);
    std::vector<float> distances(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float trend = 1 + 8.0F / (1 + 16.0F * static_cast<float>(i) / static_cast<float>(count));
        distances[i] = trend * spread(random);
    }
    return distances;
}

/// What a search asks of its beam: 16 newcomers per expansion, each compared with the worst before it is
/// pushed.
void search_steps(benchmark::State& state) {
    const auto ef = static_cast<std::size_t>(state.range(0));
    constexpr std::size_t newcomers = 16;
    const std::vector<float> distances = falling_distances(newcomers * ef);
    beam candidates;
    for (auto _ : state) {
        candidates.reset(ef);
        candidates.push(100.0F, 0);
        std::size_t met = 0;
        while (candidates.has_next() && met < distances.size()) {
            benchmark::DoNotOptimize(candidates.pop());
            for (std::size_t i = 0; i < newcomers; ++i, ++met) {
                if (distances[met] <= candidates.worst())
                    candidates.push(distances[met], static_cast<slot>(met));
            }
        }
        benchmark::DoNotOptimize(candidates.worst());
    }
    state.counters["per_newcomer"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(distances.size()),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Pushes into a full beam at random places, each of which moves half of it on average: the dearest case.
void push_anywhere(benchmark::State& state) {
    const auto ef = static_cast<std::size_t>(state.range(0));
    std::mt19937_64 random(5);
    std::uniform_real_distribution<float> uniform;
    std::vector<float> distances(ef);
    for (float& distance : distances) distance = uniform(random);
    beam candidates;
    for (auto _ : state) {
        candidates.reset(ef);
        for (std::size_t i = 0; i < ef; ++i) candidates.push(distances[i], static_cast<slot>(i));
        benchmark::DoNotOptimize(candidates.worst());
    }
    state.counters["per_push"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(ef),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(search_steps)->ArgName("ef")->Arg(10)->Arg(32)->Arg(64)->Arg(128)->Arg(256)->Arg(1024);
BENCHMARK(push_anywhere)->ArgName("ef")->Arg(10)->Arg(32)->Arg(64)->Arg(128)->Arg(256)->Arg(1024);

} // namespace
