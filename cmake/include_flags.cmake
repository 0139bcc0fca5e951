# sextant_include_flags: what a program passes to a compiler that it calls by hand. A directory that the compiler looks
# into anyway is not named: naming /usr/include would put it before the standard library's and break those headers.
find_path(sextant_xsimd_headers xsimd/xsimd.hpp HINTS ${xsimd_SOURCE_DIR}/include ${xsimd_INCLUDE_DIRS}
          NO_CACHE REQUIRED)
file(REAL_PATH ${sextant_xsimd_headers} sextant_xsimd_headers)

set(sextant_include_flags -I${PROJECT_SOURCE_DIR}/include)
if(NOT sextant_xsimd_headers IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    list(APPEND sextant_include_flags -isystem ${sextant_xsimd_headers})
endif()
