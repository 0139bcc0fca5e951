#pragma once

#include "macro/arguments.hpp"
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace bench {

struct options {
    std::filesystem::path base;
    std::filesystem::path queries;
    std::optional<std::filesystem::path> truth;
    build_settings build;
    std::vector<contestant> contestants;
    std::vector<std::size_t> efs{10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384};
    std::size_t k = 10;
    std::size_t threads = 1;
    std::size_t rounds = 3;
    std::size_t build_rounds = 1;
    std::size_t max_queries = std::numeric_limits<std::size_t>::max();
    std::size_t max_base = std::numeric_limits<std::size_t>::max();
    bool json = false;
    bool help = false;
};

/// Throws usage_error.
options parse_options(int argc, const char* const* argv);

std::string help_text();

} // namespace bench
