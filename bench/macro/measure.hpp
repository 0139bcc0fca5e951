#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/matrix.hpp"
#include "macro/contestants.hpp"
#include "peers/peer.hpp"
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace bench {

struct build_result {
    double seconds = 0; ///< the median over the build rounds
    double seconds_min = 0;
    double seconds_max = 0;
    double bytes_per_vector = 0; ///< NaN where nobody can tell
};

struct search_result {
    double recall = 0;
    double qps = 0; ///< the median over the rounds
    double qps_min = 0;
    double qps_max = 0;
    double p50_us = 0;
    double p95_us = 0;
    double p99_us = 0;
    double allocations_per_query = 0; ///< NaN where they are not counted
    double distances_per_query = 0;
};

/// A contestant with its index, once built.
struct runner {
    contestant who;
    std::unique_ptr<peer> index;
    build_result build;
};

/// Builds every contestant's index; with several build rounds they take turns and each keeps its last index.
std::vector<runner> build_all(std::span<const contestant> contestants, const build_settings& settings,
                              std::size_t rounds, const float_matrix& base);

struct search_task {
    const float_matrix& queries;
    const id_matrix& truth;
    const exact_distances& distance;
    std::size_t k;
    std::size_t threads;
    std::size_t rounds;
};

/// Measures all runners at one ef, their rounds interleaved. Results are in the order of the runners.
std::vector<search_result> search_all(std::vector<runner>& runners, const search_task& task, std::size_t ef);

} // namespace bench
