# Cross-compiles for 64-bit ARM with Debian's g++-aarch64-linux-gnu; programs run under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)

# Debian keeps the package files of the header-only xsimd in a directory of the build machine's architecture.
file(GLOB xsimd_package_dirs /usr/lib/*/cmake/xsimd)
if(xsimd_package_dirs)
    list(GET xsimd_package_dirs 0 xsimd_DIR)
endif()
