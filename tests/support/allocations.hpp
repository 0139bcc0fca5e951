#pragma once

#include <cstddef>

namespace support {

/// List support/allocations.cpp among a test program's sources, and the memory that the program asks for
/// through operator new, and on Linux what it commits through mprotect as posix_pages does, is counted and
/// can be made to run out. Both concern the calling thread alone.

/// False where the thread sanitizer keeps operator new to itself; mprotect is watched even there. Nothing is
/// counted or refused then, so tests that need it skip.
bool operator_new_is_watched() noexcept;

/// How often this thread has asked for memory.
std::size_t allocations() noexcept;

/// Bytes that all threads together hold through operator new.
std::ptrdiff_t heap_in_use() noexcept;

/// While it lives, this thread's first `granted` requests for memory succeed and all later ones fail. To go
/// through every place where an operation can run out of memory, repeat it with 0, 1, 2, ... granted until
/// nothing was refused. Make assertions after its end: they want memory themselves.
class memory_shortage {
public:
    explicit memory_shortage(std::size_t granted) noexcept;
    memory_shortage(const memory_shortage&) = delete;
    memory_shortage& operator=(const memory_shortage&) = delete;
    ~memory_shortage();

    /// Whether a request has been refused.
    bool refused() const noexcept;
};

}  // namespace support
