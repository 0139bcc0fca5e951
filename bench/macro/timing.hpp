#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

inline double seconds_between(clock::time_point begin, clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
}

/// The value below which `share` of the sorted values lie (nearest rank).
inline double percentile(const std::vector<double>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Calls step(i) for every i in [0, count), backwards in odd rounds, so that no contestant always goes first.
template <class Step>
void take_turns(std::size_t round, std::size_t count, const Step& step) {
    for (std::size_t i = 0; i < count; ++i) {
        step(round % 2 == 0 ? i : count - 1 - i);
    }
}

} // namespace bench
