#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace bench {

struct curve_point {
    double recall = 0;
    double qps = 0;
    double qps_min = 0; ///< equal to qps where the line does not say
    double qps_max = 0;
    std::string ef;
};

struct curve {
    std::string name; ///< library and codec
    std::vector<curve_point> points;
};

/// All curves over one data set.
struct panel {
    std::string title;
    std::string k;
    std::vector<curve> curves;
};

/// Adds the search lines of one output of recall_qps to the panel of the data set its build lines name.
/// Lines that are no JSON objects are skipped, so a log may be read as it is.
/// Throws std::runtime_error when a search line lacks a number or has one that cannot be drawn.
void read_curves(std::istream& in, std::vector<panel>& panels);

} // namespace bench
