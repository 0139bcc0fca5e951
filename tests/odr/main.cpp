// Runs what each translation unit does, as far as this processor can.
#include <sextant/sextant.hpp>

#include <cstdio>

bool use_baseline();
bool use_v3();
bool use_v4();

namespace {

int failures = 0;

void expect(bool passed, const char* what) {
    std::printf("%s: %s\n", what, passed ? "passed" : "FAILED");
    failures += passed ? 0 : 1;
}

}  // namespace

int main() {
    expect(use_baseline(), "baseline");
#if defined(SEXTANT_ODR_V3)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) expect(use_v3(), "x86-64-v3");
#endif
#if defined(SEXTANT_ODR_V4)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) expect(use_v4(), "x86-64-v4");
#endif
    return failures;
}
