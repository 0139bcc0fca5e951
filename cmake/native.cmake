# sextant::native is sextant::sextant compiled for the processor it is compiled on. The flag depends on the
# compiler at hand, so an installed package asks again instead of exporting the answer.
if(TARGET sextant::native)
    return()
endif()

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native SEXTANT_HAS_MARCH_NATIVE)

# In the installed package it is imported, as sextant::sextant is: a program can export a library that links it.
get_target_property(sextant_native sextant::sextant IMPORTED)
if(sextant_native)
    set(sextant_native sextant::native)
    add_library(sextant::native INTERFACE IMPORTED)
else()
    set(sextant_native sextant_native)
    add_library(sextant_native INTERFACE)
    add_library(sextant::native ALIAS sextant_native)
endif()
target_link_libraries(${sextant_native} INTERFACE sextant::sextant)
if(SEXTANT_HAS_MARCH_NATIVE)
    target_compile_options(${sextant_native} INTERFACE -march=native)
endif()
unset(sextant_native)
