#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace support {

/// A file of the large data sets, which are no part of the project, or nothing where it is absent:
///     const auto file = support::data_file("sift-100k.base.u8bin");
///     if (!file) GTEST_SKIP() << support::no_data_file;
inline std::optional<std::filesystem::path> data_file(std::string_view name) {
    const std::string directory = SEXTANT_DATA_DIR;
    if (directory.empty()) return std::nullopt;
    std::filesystem::path file = std::filesystem::path(directory) / name;
    if (!std::filesystem::exists(file)) return std::nullopt;
    return file;
}

inline constexpr const char* no_data_file =
    "needs a data set that is not in SEXTANT_DATA_DIR (" SEXTANT_DATA_DIR ")";

}  // namespace support
