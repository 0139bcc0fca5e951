#pragma once

#include "macro/measure.hpp"
#include "macro/options.hpp"
#include <cstddef>

namespace bench {

/// Prints to standard output as results come in, as a table for people or as one JSON object per line.
class report {
public:
    report(const options& settings, std::size_t vectors, std::size_t dim, std::size_t queries);

    void built(const runner& one) const;
    void start_searches() const;
    void searched(const runner& one, std::size_t ef, const search_result& result) const;

private:
    const options& settings_;
    std::size_t vectors_;
    std::size_t dim_;
    std::size_t queries_;
};

} // namespace bench
