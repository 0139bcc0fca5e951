#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "../core/types.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Blocks of address space from mmap, backed with memory piece by piece. A reserved block costs address space alone: it
/// is neither counted by the kernel nor resident until it is committed.
struct posix_pages {
    static constexpr bool commits_lazily = true;
    static constexpr std::size_t huge = std::size_t{2} << 20;

    /// Blocks from this size on are aligned to huge pages and ask for them. Below it a huge page could double the
    /// memory of a small index.
    static constexpr std::size_t huge_from = 4 * huge;

    static std::size_t granularity() noexcept {
        static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        return size;
    }

    /// Address space for `bytes`, not yet usable, or nullptr.
    static std::byte* reserve(std::size_t bytes) noexcept {
        const std::size_t length = round_up(bytes, granularity());
        const std::size_t slack = bytes >= huge_from ? huge : 0;
        void* const block = ::mmap(nullptr, length + slack, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) return nullptr;
        auto* const first = static_cast<std::byte*>(block);
        if (slack == 0) return first;
        const std::size_t skip = round_up(reinterpret_cast<std::uintptr_t>(first), huge) -
                                 reinterpret_cast<std::uintptr_t>(first);
        if (skip != 0) ::munmap(first, skip);
        if (slack != skip) ::munmap(first + skip + length, slack - skip);
#if defined(MADV_HUGEPAGE)
        ::madvise(first + skip, length, MADV_HUGEPAGE);  // advice: an old kernel may refuse it
#endif
        return first + skip;
    }

    /// Makes the first `bytes` of a block usable (and zero, where they were not yet). False when memory is short.
    static bool commit(std::byte* block, std::size_t bytes) noexcept {
        return ::mprotect(block, round_up(bytes, granularity()), PROT_READ | PROT_WRITE) == 0;
    }

    static void release(std::byte* block, std::size_t bytes) noexcept {
        ::munmap(block, round_up(bytes, granularity()));
    }
};

}  // namespace sextant::inline SEXTANT_ABI
