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
#define SEXTANT_THROW(exception) (std::fprintf(stderr, "sextant: %s\n", (exception).what()), std::abort())
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
// query in registers; SEXTANT_INLINE_LAMBDA says it of a lambda, after its parameters. SEXTANT_NOINLINE: kernels as a
// whole, which are large and called from many places. SEXTANT_COLD: error paths, kept out of the callers' code.
// SEXTANT_PREFETCH(address): a line that is needed next, into the nearest cache. SEXTANT_PREFETCH_FAR(address): one of
// many lines that are needed in a while, into the second-level cache: the first level can wait for only a few lines at
// a time and holds up the core when it must wait for more.
#if defined(__GNUC__) || defined(__clang__)
#define SEXTANT_INLINE inline __attribute__((always_inline))
#define SEXTANT_INLINE_LAMBDA __attribute__((always_inline))
#define SEXTANT_NOINLINE __attribute__((noinline))
#define SEXTANT_COLD __attribute__((cold, noinline))
#define SEXTANT_PREFETCH(address) __builtin_prefetch(address, 0, 3)
#define SEXTANT_PREFETCH_FAR(address) __builtin_prefetch(address, 0, 2)
#elif defined(_MSC_VER)
#include <intrin.h>
#define SEXTANT_INLINE __forceinline
#define SEXTANT_INLINE_LAMBDA
#define SEXTANT_NOINLINE __declspec(noinline)
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
#define SEXTANT_NOINLINE
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
// for. Two translation units with different -march flags thus have different types and functions, and the linker cannot
// hand the wide version of an inline function to a machine that cannot run it.
#define SEXTANT_JOIN_(a, b, c, d) a##b##c##d
#define SEXTANT_JOIN(a, b, c, d) SEXTANT_JOIN_(a, b, c, d)
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define SEXTANT_ISA avx512
#elif defined(__AVX512F__)
#define SEXTANT_ISA avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define SEXTANT_ISA avx2_fma
#elif defined(__AVX2__)
#define SEXTANT_ISA avx2
#elif defined(__AVX__)
#define SEXTANT_ISA avx
#elif defined(__SSE4_2__)
#define SEXTANT_ISA sse4_2
#elif defined(__SSE4_1__) || defined(__SSSE3__) || defined(__SSE3__)
#define SEXTANT_ISA sse3
#elif defined(__aarch64__) || defined(_M_ARM64)
#define SEXTANT_ISA arm64
#else
#define SEXTANT_ISA base
#endif
#if defined(__AVX512VPOPCNTDQ__)
#define SEXTANT_ISA_BITS _vpopcnt
#elif defined(__POPCNT__)
#define SEXTANT_ISA_BITS _popcnt
#else
#define SEXTANT_ISA_BITS
#endif
#if defined(__F16C__)
#define SEXTANT_ISA_HALF _f16c
#else
#define SEXTANT_ISA_HALF
#endif
#define SEXTANT_ABI SEXTANT_JOIN(for_, SEXTANT_ISA, SEXTANT_ISA_BITS, SEXTANT_ISA_HALF)
