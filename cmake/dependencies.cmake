# Each dependency is the system's package where there is one, else a download pinned by its hash.
# Its headers are made the system's by a property of its target: CMake 3.25 takes SYSTEM in a declaration for a part of what
# stands before it, which is the hash, or whether files keep the archive's dates.
# xsimd gets no version here because its package files refuse every other major version than the one asked for.
# What only tests and benchmarks need is declared for them alone: the first declaration of a name holds for a whole project,
# and one that embeds this library may have a googletest of its own.
include(FetchContent)

FetchContent_Declare(xsimd
    URL https://github.com/xtensor-stack/xsimd/archive/refs/tags/14.3.0.tar.gz
    URL_HASH SHA256=b3d50e7a73fbf4642ceef30131c93414901d69eee41c2a5302db650b03e2c792
    FIND_PACKAGE_ARGS)

# Lets the plain variables below reach the options of dependencies that still ask for an old CMake.
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)

find_package(Threads REQUIRED)

if(NOT TARGET xsimd)
    FetchContent_MakeAvailable(xsimd)
    if(TARGET xsimd)
        set_target_properties(xsimd PROPERTIES SYSTEM ON)
    endif()
endif()
include(${CMAKE_CURRENT_LIST_DIR}/check_xsimd.cmake)
if(DEFINED sextant_lacks)
    message(FATAL_ERROR "${sextant_lacks}")
endif()

if(SEXTANT_BUILD_TESTS)
    FetchContent_Declare(googletest
        URL https://github.com/google/googletest/archive/refs/tags/v1.17.0.tar.gz
        URL_HASH SHA256=65fab701d9829d38cb77c14acdc431d2108bfdbf8979e40eb8ae567edf10b27c
        FIND_PACKAGE_ARGS NAMES GTest)
    set(INSTALL_GTEST OFF)
    set(BUILD_GMOCK OFF)
    FetchContent_MakeAvailable(googletest)
endif()
if(SEXTANT_BUILD_BENCHMARKS)
    FetchContent_Declare(benchmark
        URL https://github.com/google/benchmark/archive/refs/tags/v1.9.5.tar.gz
        URL_HASH SHA256=9631341c82bac4a288bef951f8b26b41f69021794184ece969f8473977eaa340
        FIND_PACKAGE_ARGS)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)
    FetchContent_MakeAvailable(benchmark)
    if(TARGET benchmark)
        set_target_properties(benchmark PROPERTIES SYSTEM ON)
    endif()
endif()
