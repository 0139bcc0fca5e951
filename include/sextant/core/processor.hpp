#pragma once

#include "config.hpp"

namespace sextant::inline SEXTANT_ABI {

/// Whether the program runs on a processor of Intel's. False where compilers do not say.
inline bool runs_on_intel() noexcept {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    static const bool intel = [] {
        __builtin_cpu_init();
        return __builtin_cpu_is("intel") != 0;
    }();
    return intel;
#else
    return false;
#endif
}

}  // namespace sextant::inline SEXTANT_ABI
