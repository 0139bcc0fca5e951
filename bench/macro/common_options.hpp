#pragma once

#include "macro/arguments.hpp"
#include "macro/contestants.hpp"
#include "peers/peer.hpp"
#include <cstddef>
#include <filesystem>
#include <limits>
#include <vector>

namespace bench {

/// What the programs that build indexes of several libraries and search them are told alike.
struct common_options {
    std::filesystem::path base;
    std::filesystem::path queries;
    build_settings build;
    std::vector<contestant> contestants;
    std::vector<std::size_t> efs;
    std::size_t k = 10;
    std::size_t max_queries = std::numeric_limits<std::size_t>::max();
    std::size_t max_base = std::numeric_limits<std::size_t>::max();
    bool json = false;
    bool help = false;
};

/// Fills `result` from a command line that may also hold a program's `own` options. Where help is asked for, nothing
/// else is looked at. Throws usage_error.
void parse_common(int argc, const char* const* argv, setters own, common_options& result);

} // namespace bench
