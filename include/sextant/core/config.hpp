#pragma once

/// Every macro of the library, each with its reason. A program may define any SEXTANT_* macro that is guarded by
/// #ifndef before it includes a header.

// SEXTANT_ASSERT(condition): internal invariants; off unless a program or a test build turns it on.
#ifndef SEXTANT_ASSERT
#if defined(SEXTANT_ENABLE_ASSERTIONS)
#include <cassert>
#define SEXTANT_ASSERT(condition) assert(condition)
#else
#define SEXTANT_ASSERT(condition) static_cast<void>(0)
#endif
#endif

// SEXTANT_HAS_EXCEPTIONS: the library also serves programs built with -fno-exceptions.
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define SEXTANT_HAS_EXCEPTIONS 1
#else
#define SEXTANT_HAS_EXCEPTIONS 0
#endif

// SEXTANT_THROW(exception): the one place that raises an error. Without exceptions it prints what() and aborts; a
// program that wants something else defines it (it must not return).
#ifndef SEXTANT_THROW
#if SEXTANT_HAS_EXCEPTIONS
#define SEXTANT_THROW(exception) throw exception
#else
#include <cstdio>
#include <cstdlib>
#define SEXTANT_THROW(exception) (std::fprintf(stderr, "%s\n", (exception).what()), std::abort())
#endif
#endif

// SEXTANT_TRY / SEXTANT_CATCH_ALL / SEXTANT_RETHROW: clean-up code that disappears where nothing can be thrown.
#if SEXTANT_HAS_EXCEPTIONS
#define SEXTANT_TRY try
#define SEXTANT_CATCH_ALL catch (...)
#define SEXTANT_RETHROW throw
#else
#define SEXTANT_TRY if constexpr (true)
#define SEXTANT_CATCH_ALL else
#define SEXTANT_RETHROW static_cast<void>(0)
#endif

// SEXTANT_INLINE: kernels and the few calls on the beam's path that must be inlined for the compiler to keep the
// query in registers; SEXTANT_INLINE_LAMBDA says it of a lambda, after its parameters. SEXTANT_KERNEL: kernels as a
// whole. They are large and called from many places, so that they are not inlined, but all that they call is: in a large
// translation unit g++ otherwise stops inlining where xsimd adds two registers. SEXTANT_COLD: error paths, kept out of the
// callers' code.
// SEXTANT_PREFETCH(address): a line that is needed next, into the nearest cache. SEXTANT_PREFETCH_FAR(address): one of
// many lines that are needed in a while, into the second-level cache: the first level can wait for only a few lines at
// a time and holds up the core when it must wait for more.
#if defined(__GNUC__) || defined(__clang__)
#define SEXTANT_INLINE inline __attribute__((always_inline))
#define SEXTANT_INLINE_LAMBDA __attribute__((always_inline))
#define SEXTANT_KERNEL __attribute__((noinline, flatten))
#define SEXTANT_COLD __attribute__((cold, noinline))
#define SEXTANT_PREFETCH(address) __builtin_prefetch(address, 0, 3)
#define SEXTANT_PREFETCH_FAR(address) __builtin_prefetch(address, 0, 2)
#elif defined(_MSC_VER)
#include <intrin.h>
#define SEXTANT_INLINE __forceinline
#define SEXTANT_INLINE_LAMBDA
#define SEXTANT_KERNEL __declspec(noinline)
#define SEXTANT_COLD __declspec(noinline)
#if defined(_M_X64)
#define SEXTANT_PREFETCH(address) _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0)
#define SEXTANT_PREFETCH_FAR(address) _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T1)
#else
#define SEXTANT_PREFETCH(address) __prefetch(address)
#define SEXTANT_PREFETCH_FAR(address) __prefetch(address)
#endif
#else
#define SEXTANT_INLINE inline
#define SEXTANT_INLINE_LAMBDA
#define SEXTANT_KERNEL
#define SEXTANT_COLD
#define SEXTANT_PREFETCH(address) static_cast<void>(address)
#define SEXTANT_PREFETCH_FAR(address) static_cast<void>(address)
#endif

// SEXTANT_RELAX(): tells the core that it spins.
#if (defined(__GNUC__) || defined(__clang__)) && (defined(__x86_64__) || defined(__i386__))
#define SEXTANT_RELAX() __builtin_ia32_pause()
#elif (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
#define SEXTANT_RELAX() __asm__ __volatile__("yield")
#else
#define SEXTANT_RELAX() static_cast<void>(0)
#endif

// SEXTANT_SCRATCH_CAP: bytes of search buffers that a thread keeps between queries; more is given back after the query.
#ifndef SEXTANT_SCRATCH_CAP
#define SEXTANT_SCRATCH_CAP (64u << 20)
#endif

// SEXTANT_ABI: the inline namespace everything lives in, named after the instruction set a translation unit is compiled
// for: for_x86_sse2, for_arm64_neon, and so on. Two translation units with different -march flags thus have different types
// and functions, and the linker cannot hand the wide version of an inline function to a machine that cannot run it. Each
// feature that the library, xsimd or the compiler may act on has a token of its own, because each can be switched alone.
//
// SEXTANT_IF(macro, token): the token if the macro is defined as 1, as compilers define these, and nothing if it is not
// defined. The 1 completes the name of a macro that expands to a comma, which moves the token to the place that is picked.
// SEXTANT_JOIN(token, ...): up to eight tokens, some of them empty, made one. SEXTANT_SPREAD is for compilers (MSVC) that
// hand on __VA_ARGS__ as one argument.
#define SEXTANT_SPREAD(x) x
#define SEXTANT_JOIN(...) SEXTANT_SPREAD(SEXTANT_JOIN_(__VA_ARGS__, , , , , , , , ))
#define SEXTANT_JOIN_(a, b, c, d, e, f, g, h, ...) a##b##c##d##e##f##g##h
#define SEXTANT_IF(macro, token) SEXTANT_IF_(macro, token)
#define SEXTANT_IF_(value, token) SEXTANT_SECOND(SEXTANT_COMMA_IF_##value token, , )
#define SEXTANT_COMMA_IF_1 ,
#define SEXTANT_SECOND(...) SEXTANT_SPREAD(SEXTANT_SECOND_(__VA_ARGS__))
#define SEXTANT_SECOND_(first, second, ...) second

// One line per feature.
// clang-format off
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
#define SEXTANT_ABI \
    SEXTANT_JOIN(for_x86, SEXTANT_ISA_SSE, SEXTANT_ISA_AVX, SEXTANT_ISA_FMA, SEXTANT_ISA_BITS, SEXTANT_ISA_AVX512, \
                 SEXTANT_ISA_AVX512_BITS, SEXTANT_ISA_AVX512_TYPES)
#define SEXTANT_ISA_SSE \
    SEXTANT_JOIN(SEXTANT_IF(__SSE2__, _sse2), \
                 SEXTANT_IF(__SSE3__, _sse3), \
                 SEXTANT_IF(__SSSE3__, _s3), \
                 SEXTANT_IF(__SSE4_1__, _41), \
                 SEXTANT_IF(__SSE4_2__, _42))
#define SEXTANT_ISA_AVX \
    SEXTANT_JOIN(SEXTANT_IF(__AVX__, _avx), \
                 SEXTANT_IF(__AVX2__, _avx2), \
                 SEXTANT_IF(__F16C__, _f16c))
#define SEXTANT_ISA_FMA \
    SEXTANT_JOIN(SEXTANT_IF(__FMA__, _fma), \
                 SEXTANT_IF(__FMA4__, _fma4), \
                 SEXTANT_IF(__XOP__, _xop))
#define SEXTANT_ISA_BITS \
    SEXTANT_JOIN(SEXTANT_IF(__POPCNT__, _pop), \
                 SEXTANT_IF(__LZCNT__, _lz), \
                 SEXTANT_IF(__BMI__, _bmi), \
                 SEXTANT_IF(__BMI2__, _bmi2))
#define SEXTANT_ISA_AVX512 \
    SEXTANT_JOIN(SEXTANT_IF(__AVX512F__, _512), \
                 SEXTANT_IF(__AVX512BW__, _bw), \
                 SEXTANT_IF(__AVX512DQ__, _dq), \
                 SEXTANT_IF(__AVX512VL__, _vl), \
                 SEXTANT_IF(__AVX512CD__, _cd), \
                 SEXTANT_IF(__AVX512ER__, _er), \
                 SEXTANT_IF(__AVX512PF__, _pf))
#define SEXTANT_ISA_AVX512_BITS \
    SEXTANT_JOIN(SEXTANT_IF(__AVX512VPOPCNTDQ__, _vpop), \
                 SEXTANT_IF(__AVX512BITALG__, _alg), \
                 SEXTANT_IF(__AVX512VBMI__, _vbmi), \
                 SEXTANT_IF(__AVX512VBMI2__, _vbmi2), \
                 SEXTANT_IF(__AVX512IFMA__, _ifma))
#define SEXTANT_ISA_AVX512_TYPES \
    SEXTANT_JOIN(SEXTANT_IF(__AVX512VNNI__, _vnni), \
                 SEXTANT_IF(__AVXVNNI__, _avxvnni), \
                 SEXTANT_IF(__AVX512FP16__, _fp16), \
                 SEXTANT_IF(__AVX512BF16__, _bf16))
#elif defined(__aarch64__) || defined(__arm__) || defined(_M_ARM64) || defined(_M_ARM)
#define SEXTANT_ABI SEXTANT_JOIN(for_arm, SEXTANT_ISA_NEON, SEXTANT_ISA_SVE)
#define SEXTANT_ISA_NEON \
    SEXTANT_JOIN(SEXTANT_IF(__aarch64__, 64), \
                 SEXTANT_IF(__ARM_NEON, _neon), \
                 SEXTANT_IF(__ARM_FEATURE_ATOMICS, _lse), \
                 SEXTANT_IF(__ARM_FEATURE_CRC32, _crc), \
                 SEXTANT_IF(__ARM_FEATURE_DOTPROD, _dot), \
                 SEXTANT_IF(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC, _fp16), \
                 SEXTANT_IF(__ARM_FEATURE_MATMUL_INT8, _i8mm), \
                 SEXTANT_IF(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC, _bf16))
#define SEXTANT_ISA_SVE \
    SEXTANT_JOIN(SEXTANT_IF(__ARM_FEATURE_SVE, _sve), \
                 SEXTANT_IF(__ARM_FEATURE_SVE2, _sve2), \
                 SEXTANT_ISA_SVE_BITS)
#if defined(__ARM_FEATURE_SVE_BITS)  // a number: 0 where the registers' length is left open
#define SEXTANT_ISA_SVE_BITS SEXTANT_JOIN(_, __ARM_FEATURE_SVE_BITS)
#else
#define SEXTANT_ISA_SVE_BITS
#endif
#else
#define SEXTANT_ABI for_this
#endif
// clang-format on
