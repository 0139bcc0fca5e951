#pragma once

#if defined(__unix__) || defined(__APPLE__)
#include "mapped_file_posix.hpp"
#else
#include "mapped_file_portable.hpp"
#endif
