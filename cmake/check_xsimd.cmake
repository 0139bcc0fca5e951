# What both the build and the installed package ask of xsimd. Sets sextant_lacks to what is wrong, if anything is.
unset(sextant_lacks)
if(NOT TARGET xsimd)
    set(sextant_lacks "sextant needs xsimd 8.1 or newer")
    return()
endif()
if(DEFINED xsimd_VERSION AND xsimd_VERSION VERSION_LESS 8.1)
    set(sextant_lacks "sextant needs xsimd 8.1 or newer, found ${xsimd_VERSION} in ${xsimd_DIR}")
    return()
endif()

# The package files of xsimd 8 name xtl as a library without looking for it, which reaches the linker as -lxtl.
# Only xsimd's optional complex numbers need it; sextant has no use for them.
get_target_property(sextant_xsimd_libraries xsimd INTERFACE_LINK_LIBRARIES)
if("xtl" IN_LIST sextant_xsimd_libraries AND NOT TARGET xtl)
    list(REMOVE_ITEM sextant_xsimd_libraries xtl)
    set_target_properties(xsimd PROPERTIES INTERFACE_LINK_LIBRARIES "${sextant_xsimd_libraries}")
endif()
unset(sextant_xsimd_libraries)
