#pragma once

#include <sextant/graph/integrity_report.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace support {

/// What a report counts as wrong, by name.
inline std::map<std::string, std::size_t> faults_of(const sextant::integrity_report& report) {
    std::map<std::string, std::size_t> faults;
    report.each_fault([&](std::size_t count, const char* name) {
        if (count > 0) faults[name] = count;
    });
    return faults;
}

}  // namespace support
