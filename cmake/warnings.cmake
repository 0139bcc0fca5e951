set(sextant_warning_flags -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)

# Warnings are errors in the project's own targets; `cmake --compile-no-warning-as-error` lifts that.
function(sextant_set_warnings target)
    target_compile_options(${target} PRIVATE ${sextant_warning_flags})
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ON)
endfunction()
