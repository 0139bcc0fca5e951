# What both the build and the installed package ask of the target xsimd once it is there.
if(DEFINED xsimd_VERSION AND xsimd_VERSION VERSION_LESS 8.1)
    message(FATAL_ERROR "sextant needs xsimd 8.1 or newer, found ${xsimd_VERSION} in ${xsimd_DIR}")
endif()

# The package files of xsimd 8 name xtl as a library without looking for it, which reaches the linker as -lxtl.
# Only xsimd's optional complex numbers need it; sextant has no use for them.
get_target_property(sextant_xsimd_libraries xsimd INTERFACE_LINK_LIBRARIES)
if("xtl" IN_LIST sextant_xsimd_libraries AND NOT TARGET xtl)
    list(REMOVE_ITEM sextant_xsimd_libraries xtl)
    set_target_properties(xsimd PROPERTIES INTERFACE_LINK_LIBRARIES "${sextant_xsimd_libraries}")
endif()
unset(sextant_xsimd_libraries)
