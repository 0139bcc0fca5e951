#pragma once

#include <cstddef>

namespace support {

/// List index/support/mappings.cpp among a test program's sources, and what the program maps with mmap is counted and can
/// be refused. Only where mappings_are_watched(): sanitizers have an mmap of their own.
bool mappings_are_watched() noexcept;

/// Bytes of address space that the program has mapped and not unmapped.
std::ptrdiff_t mapped_bytes() noexcept;

/// While it lives, this thread's first `granted` calls of mmap succeed and all later ones fail.
class mapping_shortage {
public:
    explicit mapping_shortage(std::size_t granted) noexcept;
    mapping_shortage(const mapping_shortage&) = delete;
    mapping_shortage& operator=(const mapping_shortage&) = delete;
    ~mapping_shortage();

    bool refused() const noexcept;
};

}  // namespace support
