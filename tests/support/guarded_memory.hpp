#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

namespace support {

/// Memory between two pages that nobody may touch: reading one byte before or past it ends the program, with
/// and without a sanitizer.
class guarded_memory {
public:
    /// Room for blocks of up to `bytes`.
    explicit guarded_memory(std::size_t bytes)
        : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), room_((bytes / page_ + 1) * page_) {
        void* const all = ::mmap(nullptr, room_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED) throw std::bad_alloc();
        first_ = static_cast<std::byte*>(all) + page_;
        if (::mprotect(first_, room_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    }

    guarded_memory(const guarded_memory&) = delete;
    guarded_memory& operator=(const guarded_memory&) = delete;

    ~guarded_memory() { ::munmap(first_ - page_, room_ + 2 * page_); }

    /// Where the readable memory begins.
    std::byte* first() const noexcept { return first_; }

    /// The block of `bytes` that ends where the readable memory ends.
    std::byte* last(std::size_t bytes) const noexcept { return first_ + room_ - bytes; }

private:
    std::size_t page_;
    std::size_t room_;
    std::byte* first_;
};

}  // namespace support
