#include "macro/count_allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {
// Plain thread-local storage of the program itself: reaching it allocates nothing and costs one instruction.
constinit thread_local std::uint64_t allocations = 0;
} // namespace

#if defined(SEXTANT_BENCH_SANITIZED)
// Nothing is replaced and nothing counted.
#elif defined(__GLIBC__)

// The program's own malloc goes before the C library's, for every library linked in; operator new ends here
// as well.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
    ++allocations;
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    ++allocations;
    return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) noexcept {
    ++allocations;
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    ++allocations;
    return __libc_memalign(alignment, size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
    ++allocations;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
    ++allocations;
    *out = __libc_memalign(alignment, size);
    return *out == nullptr ? 12 : 0; // ENOMEM
}
}

#else

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }

void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

#endif

namespace bench {

std::uint64_t allocations_of_this_thread() noexcept { return allocations; }

bool allocations_are_counted() noexcept {
#if defined(SEXTANT_BENCH_SANITIZED)
    return false;
#else
    return true;
#endif
}

double heap_bytes_in_use() noexcept {
#if defined(__GLIBC__) && !defined(SEXTANT_BENCH_SANITIZED)
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
#else
    return std::numeric_limits<double>::quiet_NaN();
#endif
}

} // namespace bench
