#pragma once

#include "macro/common_options.hpp"
#include "macro/turnover.hpp"
#include <cstddef>
#include <string>

namespace bench {

struct churn_options : common_options {
    protocol kind = protocol::random;
    std::size_t rounds = 100;
    std::size_t percent = 1; ///< of the vectors, replaced in a round
    std::size_t every = 20;  ///< rounds between reports
    std::size_t search_ef = 100; ///< of the searches that are timed
};

/// Throws usage_error.
churn_options parse_churn_options(int argc, const char* const* argv);

std::string churn_help_text();

} // namespace bench
