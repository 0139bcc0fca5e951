#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Bytes that begin on a cache line and are used again and again.
class aligned_buffer {
public:
    /// Room for `bytes`, whose contents are lost when it grows. Throws std::bad_alloc.
    std::byte* reserve(std::size_t bytes) {
        if (bytes_.size() < bytes + cache_line) bytes_ = std::vector<std::byte>(bytes + cache_line);
        return data();
    }

    /// What reserve() returned last.
    std::byte* data() noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
        return bytes_.data() + (round_up(address, cache_line) - address);
    }

    std::size_t bytes() const noexcept { return bytes_.capacity(); }

private:
    std::vector<std::byte> bytes_;
};

}  // namespace sextant::inline SEXTANT_ABI
