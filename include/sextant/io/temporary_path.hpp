#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "../core/config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// What a file is called in its directory before it gets its name: "NAME.tmp-DISTINCTION". Of a long name only the beginning is
/// used, or a name that the file system takes, which are 255 bytes as a rule, would make one that it does not.
inline std::filesystem::path temporary_path(const std::filesystem::path& path, const std::string& distinction) {
    constexpr std::size_t most = 200;
    std::filesystem::path::string_type name = path.filename().native();
    if (name.size() > most) {
        std::size_t end = most;
        while (end > 0 && (name[end] & 0xC0) == 0x80) --end;  // where a character of UTF-8 begins
        name.resize(end);
    }
    std::filesystem::path result = path.parent_path() / name;
    result += ".tmp-" + distinction;
    return result;
}

}  // namespace sextant::inline SEXTANT_ABI
