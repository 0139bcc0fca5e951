#pragma once

#include "macro/arguments.hpp"
#include "macro/turnover.hpp"
#include "peers/peer.hpp"
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace bench {

struct churn_options {
    std::filesystem::path base;
    std::filesystem::path queries;
    build_settings build;
    std::vector<contestant> contestants;
    protocol kind = protocol::random;
    std::size_t rounds = 100;
    std::size_t percent = 1; ///< of the vectors, replaced in a round
    std::size_t every = 20;  ///< rounds between reports
    std::vector<std::size_t> efs{50, 100, 200};
    std::size_t search_ef = 100; ///< of the searches that are timed
    std::size_t k = 10;
    std::size_t max_queries = std::numeric_limits<std::size_t>::max();
    std::size_t max_base = std::numeric_limits<std::size_t>::max();
    bool json = false;
    bool help = false;
};

/// Throws usage_error.
churn_options parse_churn_options(int argc, const char* const* argv);

std::string churn_help_text();

} // namespace bench
