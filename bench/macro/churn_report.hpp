#pragma once

#include "macro/churn_options.hpp"
#include "macro/churn_run.hpp"
#include <cstddef>
#include <vector>

namespace bench {

/// Prints to standard output as results come in, as a table for people or as one JSON object per line.
class churn_report {
public:
    churn_report(const churn_options& settings, const float_matrix& base, std::size_t queries);

    void reached(const churn_run& one, std::size_t round, const churn_result& result,
                 const churn_state& state) const;

    /// A new index of what is held at the end, beside the one that came there by replacements.
    void fresh(const runner& one, const churn_state& churned, const churn_state& built) const;

    /// The first contestant against another over all rounds.
    void compared(const churn_run& first, const churn_state& first_state, const churn_run& other,
                  const churn_state& other_state) const;

private:
    const churn_options& settings_;
};

} // namespace bench
