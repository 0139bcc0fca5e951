#pragma once

#include "pages_portable.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include "pages_posix.hpp"
#endif

namespace sextant::inline SEXTANT_ABI {

/// Where large blocks come from on this platform. A page source reserves address space, commits a prefix of it, and
/// releases the whole; `commits_lazily` says whether reserving is free of memory.
#if defined(__unix__) || defined(__APPLE__)
using native_pages = posix_pages;
#else
using native_pages = portable_pages;
#endif

}  // namespace sextant::inline SEXTANT_ABI
