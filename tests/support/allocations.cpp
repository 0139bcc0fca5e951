#include "support/allocations.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#endif

// The thread sanitizer's own operators cannot be replaced: linking both is an error.
#if defined(__SANITIZE_THREAD__)
#define SUPPORT_REPLACES_OPERATOR_NEW 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SUPPORT_REPLACES_OPERATOR_NEW 0
#endif
#endif
#ifndef SUPPORT_REPLACES_OPERATOR_NEW
#define SUPPORT_REPLACES_OPERATOR_NEW 1
#endif

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

thread_local std::size_t asked = 0;
thread_local std::size_t granted_left = unlimited;
thread_local bool any_refused = false;
std::atomic<std::ptrdiff_t> bytes_in_use = 0;  // of all threads: one may free what another allocated

bool grant() noexcept {
    ++asked;
    if (granted_left == unlimited) return true;
    if (granted_left == 0) {
        any_refused = true;
        return false;
    }
    --granted_left;
    return true;
}

}  // namespace

namespace support {

bool operator_new_is_watched() noexcept { return SUPPORT_REPLACES_OPERATOR_NEW != 0; }

std::size_t allocations() noexcept { return asked; }

std::ptrdiff_t heap_in_use() noexcept { return bytes_in_use.load(); }

memory_shortage::memory_shortage(std::size_t granted) noexcept {
    granted_left = granted;
    any_refused = false;
}

memory_shortage::~memory_shortage() { granted_left = unlimited; }

bool memory_shortage::refused() const noexcept { return any_refused; }

}  // namespace support

#if SUPPORT_REPLACES_OPERATOR_NEW

namespace {

std::ptrdiff_t usable(void* block) noexcept {
#if defined(__GLIBC__)
    return static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
#else
    return block == nullptr ? 0 : 1;
#endif
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (!grant()) return nullptr;
    if (size == 0) size = 1;
    void* block = nullptr;
    if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
        block = std::malloc(size);
    } else if (::posix_memalign(&block, alignment, size) != 0) {
        block = nullptr;
    }
    bytes_in_use += usable(block);
    return block;
}

void deallocate(void* block) noexcept {
    bytes_in_use -= usable(block);
    std::free(block);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    if (void* const block = allocate(size, alignment)) return block;
    throw std::bad_alloc();
}

}  // namespace

// Every form is replaced, because which one forwards to which depends on the library and on sanitizers.
void* operator new(std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocate(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* block) noexcept { deallocate(block); }
void operator delete[](void* block) noexcept { deallocate(block); }
void operator delete(void* block, std::size_t) noexcept { deallocate(block); }
void operator delete[](void* block, std::size_t) noexcept { deallocate(block); }
void operator delete(void* block, std::align_val_t) noexcept { deallocate(block); }
void operator delete[](void* block, std::align_val_t) noexcept { deallocate(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { deallocate(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { deallocate(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { deallocate(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { deallocate(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { deallocate(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept { deallocate(block); }

#endif

#if defined(__linux__)
// Stands before the C library's for this program's own calls.
extern "C" int mprotect(void* address, std::size_t length, int protection) noexcept {
    if (!grant()) {
        errno = ENOMEM;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_mprotect, address, length, protection));
}
#endif
