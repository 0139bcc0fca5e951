#pragma once

#include "datasets/matrix.hpp"
#include "datasets/read_matrix.hpp"
#include "macro/arguments.hpp"
#include "macro/progress_line.hpp"
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

namespace bench {

inline float_matrix read_with_progress(const std::filesystem::path& path, std::size_t max_rows) {
    const progress_line line("reading " + path.filename().string());
    return read_vectors(path, max_rows);
}

/// Calls run() and turns what it throws into a message and a status: 2 for a wrong command line, 1 for all
/// else.
template <class Run>
int run_program(std::string_view name, const Run& run) {
    try {
#if !defined(__OPTIMIZE__)
        std::cerr << name << ": compiled without optimisation; its figures mean nothing\n";
#endif
        run();
        return 0;
    } catch (const usage_error& error) {
        std::cerr << name << ": " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << name << ": " << error.what() << '\n';
        return 1;
    }
}

} // namespace bench
