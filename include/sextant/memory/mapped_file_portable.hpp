#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "../core/file_error.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Where files cannot be mapped: open() says so.
class mapped_file {
public:
    static file_result<mapped_file> open(const std::filesystem::path&) {
        return failed(file_errc::unsupported, "files cannot be mapped on this platform; load() reads them");
    }

    std::span<const std::byte> bytes() const noexcept { return {}; }
};

}  // namespace sextant::inline SEXTANT_ABI
