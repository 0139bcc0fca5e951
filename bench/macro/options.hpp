#pragma once

#include "macro/common_options.hpp"
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace bench {

struct options : common_options {
    std::optional<std::filesystem::path> truth;
    std::size_t threads = 1;
    std::size_t rounds = 3;
    std::size_t build_rounds = 1;
};

/// Throws usage_error.
options parse_options(int argc, const char* const* argv);

std::string help_text();

} // namespace bench
