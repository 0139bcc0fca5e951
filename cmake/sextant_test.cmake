include(GoogleTest)
include(${CMAKE_CURRENT_LIST_DIR}/instruction_sets.cmake)

set(SEXTANT_TEST_LAYERS "" CACHE STRING "Build only the tests of these layers; empty for all")

set(SEXTANT_TEST_SHARDS 0 CACHE STRING "Run each test program in so many parts instead of one process per case, which \
costs minutes where starting one is slow; 0 for one process per case")

function(sextant_want_layer result layer)
    if(NOT SEXTANT_TEST_LAYERS OR layer IN_LIST SEXTANT_TEST_LAYERS)
        set(${result} TRUE PARENT_SCOPE)
    else()
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

# The test presets compile a program's files several at a time (CMAKE_UNITY_BUILD), so that an index is instantiated once for
# them all: that is why each file has a namespace of its own, named after it, and none that is unnamed.
function(sextant_add_test_program target layer can_run)
    add_executable(${target} ${ARGN})
    target_link_libraries(${target} PRIVATE sextant::sextant GTest::gtest_main)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    sextant_set_warnings(${target})
    sextant_set_data_dir(${target})
    if(can_run AND SEXTANT_TEST_SHARDS GREATER 0)
        math(EXPR last "${SEXTANT_TEST_SHARDS} - 1")
        foreach(shard RANGE ${last})
            add_test(NAME ${target}/${shard} COMMAND ${target} --gtest_brief=1)
            set_tests_properties(${target}/${shard} PROPERTIES LABELS ${layer} TIMEOUT 900
                ENVIRONMENT "GTEST_TOTAL_SHARDS=${SEXTANT_TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
        endforeach()
    elseif(can_run)
        gtest_discover_tests(${target} TEST_PREFIX ${target}/ DISCOVERY_TIMEOUT 120
                             PROPERTIES LABELS ${layer} TIMEOUT 600)
    else()
        add_test(NAME ${target} COMMAND ${target})
        set_tests_properties(${target} PROPERTIES DISABLED TRUE LABELS ${layer})
    endif()
endfunction()

# sextant_test(<name> [LAYER <layer>] [EACH_INSTRUCTION_SET] [ONLY_INSTRUCTION_SET <set>] SOURCES <file>...)
# One program of googletest cases. The layer is the program's label and defaults to its name. With
# EACH_INSTRUCTION_SET the program is also built for those SEXTANT_TEST_INSTRUCTION_SETS that the compiler knows; with
# ONLY_INSTRUCTION_SET for that set and no other, if the compiler knows it. Where this machine cannot run one, ctest lists
# it as disabled.
function(sextant_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "EACH_INSTRUCTION_SET" "LAYER;ONLY_INSTRUCTION_SET" "SOURCES")
    if(NOT arg_LAYER)
        set(arg_LAYER ${name})
    endif()
    sextant_want_layer(wanted ${arg_LAYER})
    if(NOT wanted OR NOT arg_SOURCES)
        return()
    endif()

    set(sets ${arg_ONLY_INSTRUCTION_SET})
    if(NOT arg_ONLY_INSTRUCTION_SET)
        sextant_add_test_program(${name}_test ${arg_LAYER} TRUE ${arg_SOURCES})
    endif()
    if(arg_EACH_INSTRUCTION_SET)
        set(sets ${SEXTANT_TEST_INSTRUCTION_SETS})
    endif()
    foreach(set IN LISTS sets)
        if(SEXTANT_CAN_COMPILE_${set})
            sextant_add_test_program(${name}_test_${set} ${arg_LAYER} "${SEXTANT_CAN_RUN_${set}}" ${arg_SOURCES})
            target_compile_options(${name}_test_${set} PRIVATE ${${set}_flags})
        endif()
    endforeach()
endfunction()
