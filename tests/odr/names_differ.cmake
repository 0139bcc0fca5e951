# cmake -P names_differ.cmake COMPILER HEADERS BASE_FLAG FLAG...
# The inline namespace must have another name under BASE_FLAG and under each FLAG added to it: every feature that can be
# switched by itself has a part in the name. Flags that the compiler does not know are left out.
cmake_minimum_required(VERSION 3.25)

set(compiler ${CMAKE_ARGV3})
set(headers ${CMAKE_ARGV4})
set(base_flag ${CMAKE_ARGV5})
math(EXPR last "${CMAKE_ARGC} - 1")

function(abi_name result)
    execute_process(COMMAND ${compiler} -std=c++20 -E -P -I${headers} ${ARGN} -x c++ ${CMAKE_CURRENT_LIST_DIR}/abi_name.hpp
                    OUTPUT_VARIABLE text ERROR_QUIET RESULT_VARIABLE failed)
    string(REGEX MATCH "abi_name=([A-Za-z0-9_]+)[ \n]*$" matched "${text}")
    if(NOT failed AND NOT matched)
        message(SEND_ERROR "no name for ${ARGN}: ${text}")
    endif()
    set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

abi_name(base ${base_flag})
set(names ${base})
message("${base_flag}: ${base}")
foreach(i RANGE 6 ${last})
    abi_name(name ${base_flag} ${CMAKE_ARGV${i}})
    message("${base_flag} ${CMAKE_ARGV${i}}: ${name}")
    if(name IN_LIST names)
        message(SEND_ERROR "the same name again")
    elseif(name)
        list(APPEND names ${name})
    endif()
endforeach()
list(LENGTH names count)
if(count LESS 2)
    message(SEND_ERROR "nothing was compared")
endif()
