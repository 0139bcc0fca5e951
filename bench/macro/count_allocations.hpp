#pragma once

#include <cstdint>

namespace bench {

/// How often the calling thread has asked the heap for memory, by malloc and its kin or by operator new.
std::uint64_t allocations_of_this_thread() noexcept;

/// Whether they are counted at all: sanitizers bring a malloc and an operator new of their own, which must
/// stay.
bool allocations_are_counted() noexcept;

/// Bytes of the heap in use by the whole program; NaN where the C library cannot tell.
double heap_bytes_in_use() noexcept;

} // namespace bench
