#pragma once

#include <xsimd/xsimd.hpp>

// GCC before 13 takes its own AVX-512 intrinsics to read uninitialised registers (its bug 105593). Only
// what no program gets by default is concerned: architectures without AVX512DQ, and portable forms of 512
// bits. It looks at where a kernel is defined, so this file must come before the kernels.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace simd_test {

template <class ArchList>
struct each_of;

template <template <class...> class ArchList, class... Archs>
struct each_of<ArchList<Archs...>> {
    template <class F>
    static void call(F&& f) {
        (f.template operator()<Archs>(), ...);
    }
};

/// Calls f.operator()<Arch>() for every xsimd architecture that this file is compiled for, the default one
/// among them.
template <class F>
void for_each_architecture(F&& f) {
    each_of<xsimd::supported_architectures>::call(f);
}

}  // namespace simd_test
