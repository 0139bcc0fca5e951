#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "packed_dot_avx2.hpp"
#include "packed_dot_avx512.hpp"
#include "packed_dot_neon.hpp"
#include "packed_dot_portable.hpp"

namespace sextant::inline SEXTANT_ABI::simd {

/// The best form (packed_dot_rows.hpp) that this translation unit is compiled for.
#if defined(__AVX512VNNI__) && defined(__AVX512BW__)
using packed_dot_native = packed_dot_vnni;
#elif defined(__AVX512F__) && defined(__AVX512BW__)
using packed_dot_native = packed_dot_avx512bw;
#elif defined(__AVX2__)
using packed_dot_native = packed_dot_avx2;
#elif defined(__aarch64__) && defined(__ARM_NEON)
using packed_dot_native = packed_dot_neon;
#else
using packed_dot_native = packed_dot_portable<xsimd::default_arch>;
#endif

/// out[r] = Σ query[i] · code_r[i] for `count` <= kernel_rows codes of `Bits` bits (packed.hpp), exactly, for dimensions
/// up to 65,536. query: `padded_dim` = packed<Bits>::padded(dim) signed bytes, zero from dim on. rows[r]:
/// packed<Bits>::bytes(dim) bytes. Any alignment will do, 64 bytes is best; nothing past them is read. With an Arch other
/// than the default the portable form is used.
template <unsigned Bits, class Arch = xsimd::default_arch>
SEXTANT_INLINE void dot_packed(const std::int8_t* query, const std::byte* const* rows, std::size_t count,
                               std::size_t padded_dim, std::int32_t* out) noexcept {
    using form = std::conditional_t<std::is_same_v<Arch, xsimd::default_arch>, packed_dot_native,
                                    packed_dot_portable<Arch>>;
    dot_packed_some<form, Bits>(query, rows, count, padded_dim, out);
}

}  // namespace sextant::inline SEXTANT_ABI::simd
