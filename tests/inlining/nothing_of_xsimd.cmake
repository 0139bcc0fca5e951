# cmake -P nothing_of_xsimd.cmake NM OBJECT
# No function of xsimd may stand by itself in the object: whoever calls one for two registers pays more for the call than for
# what it does.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${CMAKE_ARGV3} ${CMAKE_ARGV4} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "sextant")
    message(FATAL_ERROR "nothing was looked at")
endif()
string(REGEX MATCHALL "[A-Za-z] _ZN(K|)5xsimd[^\n]*" found "${symbols}")
foreach(symbol IN LISTS found)
    message(SEND_ERROR "called, not inlined: ${symbol}")
endforeach()
