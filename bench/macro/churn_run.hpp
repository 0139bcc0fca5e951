#pragma once

#include "datasets/exact_distance.hpp"
#include "datasets/matrix.hpp"
#include "macro/churn_options.hpp"
#include "macro/measure.hpp"
#include "macro/turnover.hpp"
#include "peers/peer.hpp"
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace bench {

/// What a kind of call took. NaN where there was none.
struct latencies {
    double per_second = std::numeric_limits<double>::quiet_NaN();
    double mean_us = std::numeric_limits<double>::quiet_NaN();
    double p50_us = std::numeric_limits<double>::quiet_NaN();
    double p99_us = std::numeric_limits<double>::quiet_NaN();
};

latencies summarise(std::vector<double> seconds);

/// Of the rounds since the report before, or of all rounds.
struct churn_result {
    latencies alone;  ///< replacements with nobody beside
    latencies beside; ///< replacements beside searches
    latencies search; ///< searches beside replacements
    latencies idle;   ///< searches with nobody beside
};

/// What the index is like at the moment.
struct churn_state {
    std::vector<double> recall; ///< in the order of the efs
    std::optional<std::size_t> unreachable;
    double bytes_per_vector = 0;
};

struct churn_task {
    const churn_options& settings;
    const float_matrix& base;
    const float_matrix& queries;
    const exact_distances& distance;
};

/// The recall of an index whose id i is row rows[i] of the base, per ef.
std::vector<double> measure_recall(peer& index, const churn_task& task, std::span<const std::uint32_t> rows,
                                   const id_matrix& truth);

/// One contestant on its way through the rounds.
class churn_run {
public:
    churn_run(runner one, const churn_task& task);

    [[nodiscard]] const runner& contestant() const { return one_; }

    void replace(std::span<const replacement> round);

    /// What was measured since this was called last.
    churn_result since_last();

    /// What was measured in all.
    [[nodiscard]] churn_result overall() const;

    churn_state look(const turnover& contents, const id_matrix& truth);

private:
    struct samples { // seconds
        std::vector<double> alone, beside, search, idle;
    };

    void replace_all(std::span<const replacement> some, std::vector<double>& seconds);
    void search_until(const std::atomic<bool>& stop, std::vector<double>& seconds);
    static churn_result summary_of(const samples& measured);

    runner one_;
    const churn_task& task_;
    std::size_t next_query_ = 0;
    samples recent_;
    samples all_;
};

} // namespace bench
