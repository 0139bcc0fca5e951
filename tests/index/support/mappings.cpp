#include "index/support/mappings.hpp"

#include <atomic>
#include <limits>

#include "support/sanitizers.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#endif

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

std::atomic<std::ptrdiff_t> mapped = 0;
thread_local std::size_t granted_left = unlimited;
thread_local bool any_refused = false;

}  // namespace

namespace support {

bool mappings_are_watched() noexcept {
#if defined(__linux__)
    return !sanitized;
#else
    return false;
#endif
}

std::ptrdiff_t mapped_bytes() noexcept { return mapped; }

mapping_shortage::mapping_shortage(std::size_t granted) noexcept {
    granted_left = granted;
    any_refused = false;
}

mapping_shortage::~mapping_shortage() { granted_left = unlimited; }

bool mapping_shortage::refused() const noexcept { return any_refused; }

}  // namespace support

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(SYS_mmap)
#define SEXTANT_TEST_INTERPOSE 1
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#undef SEXTANT_TEST_INTERPOSE
#endif
#endif
#endif

#if defined(SEXTANT_TEST_INTERPOSE)
// They stand before the C library's for this program's own calls.
extern "C" void* mmap(void* address, std::size_t length, int protection, int flags, int file, off_t offset) noexcept {
    if (granted_left == 0) {
        any_refused = true;
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (granted_left != unlimited) --granted_left;
    const long result = ::syscall(SYS_mmap, address, length, protection, flags, file, offset);
    if (result == -1) return MAP_FAILED;
    mapped += static_cast<std::ptrdiff_t>(length);
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(result));
}

extern "C" int munmap(void* address, std::size_t length) noexcept {
    const auto result = static_cast<int>(::syscall(SYS_munmap, address, length));
    if (result == 0) mapped -= static_cast<std::ptrdiff_t>(length);
    return result;
}
#endif
