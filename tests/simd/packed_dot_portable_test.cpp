#include "simd/architectures.hpp"

#include <sextant/simd/packed_dot_portable.hpp>

#include <gtest/gtest.h>

#include "simd/packed_dot_checks.hpp"

namespace packed_dot_portable_test {

/// Checks the widest registers and the narrowest: all architectures would take minutes to compile.
template <class Check>
void for_each_form(Check&& check) {
    {
        SCOPED_TRACE("the default architecture");
        check.template operator()<sextant::simd::packed_dot_portable<xsimd::default_arch>>();
    }
#if defined(__x86_64__)
    SCOPED_TRACE("sse2");
    check.template operator()<sextant::simd::packed_dot_portable<xsimd::sse2>>();
#endif
}

TEST(packed_dot_portable, is_exact) {
    for_each_form([]<class Form>() { simd_test::is_exact<Form>(); });
}

TEST(packed_dot_portable, does_not_overflow) {
    for_each_form([]<class Form>() { simd_test::does_not_overflow<Form>(); });
}

TEST(packed_dot_portable, works_at_any_alignment) {
    for_each_form([]<class Form>() { simd_test::works_at_any_alignment<Form>(); });
}

TEST(packed_dot_portable, reads_nothing_outside) {
    for_each_form([]<class Form>() { simd_test::reads_nothing_outside<Form>(); });
}

}  // namespace packed_dot_portable_test
