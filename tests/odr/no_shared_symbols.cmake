# cmake -P no_shared_symbols.cmake NM OBJECT...
# Objects compiled for different instruction sets must not define the same inline function of the library: the linker
# would keep one of them for all, perhaps the one this processor cannot run. W, V and u are what nm calls such symbols.
cmake_minimum_required(VERSION 3.25)

set(nm ${CMAKE_ARGV3})
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 4 ${last})
    execute_process(COMMAND ${nm} --defined-only ${CMAKE_ARGV${i}} OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL " [WVu] [^\n]*7sextant[^\n]*" symbols "${listing}")
    list(LENGTH symbols count)
    message("${CMAKE_ARGV${i}}: ${count} symbols")
    if(count EQUAL 0)
        message(SEND_ERROR "no symbol of the library found")
    endif()
    foreach(symbol IN LISTS symbols)
        if(symbol IN_LIST seen)
            message(SEND_ERROR "defined again:${symbol}")
        endif()
    endforeach()
    list(APPEND seen ${symbols})
endforeach()
