#pragma once

#include <type_traits>

namespace support {

/// Whether a sanitizer watches: it brings an allocator of its own and makes everything several times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

/// The kinds of index a suite runs over: `All`, but `Few` under a sanitizer, where each takes half a minute to compile.
template <class All, class Few>
using kinds_to_test = std::conditional_t<sanitized, Few, All>;

}  // namespace support
