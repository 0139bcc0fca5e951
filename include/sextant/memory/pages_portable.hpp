#pragma once

#include <cstddef>
#include <new>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Blocks of memory from the C++ heap: for small blocks everywhere, and for all blocks where there is nothing better.
struct portable_pages {
    static constexpr bool commits_lazily = false;

    static std::size_t granularity() noexcept { return 4096; }

    /// `bytes` of memory aligned to a cache line, or nullptr.
    static std::byte* reserve(std::size_t bytes) noexcept {
        return static_cast<std::byte*>(::operator new(bytes, std::align_val_t{cache_line}, std::nothrow));
    }

    static bool commit(std::byte*, std::size_t) noexcept { return true; }

    static void release(std::byte* block, std::size_t) noexcept {
        ::operator delete(block, std::align_val_t{cache_line});
    }
};

}  // namespace sextant::inline SEXTANT_ABI
