# Stands in for the network (CMAKE_PROJECT_TOP_LEVEL_INCLUDES): xsimd is populated as sextant declares it, except that the address
# and the hash are those of an archive packed here from the headers in XSIMD_HEADERS.
set(xsimd_stand_in ${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt)

function(provide_xsimd method name)
    if(NOT name STREQUAL "xsimd")
        return()
    endif()

    set(archive ${CMAKE_BINARY_DIR}/xsimd.tar.gz)
    file(COPY ${xsimd_stand_in} DESTINATION ${CMAKE_BINARY_DIR}/xsimd)
    file(COPY ${XSIMD_HEADERS}/xsimd DESTINATION ${CMAKE_BINARY_DIR}/xsimd/include)
    execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${archive} --mtime=2000-01-01 xsimd
                    WORKING_DIRECTORY ${CMAKE_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)

    set(arguments ${ARGN})
    set(url file://${archive})
    file(SHA256 ${archive} hash)
    string(REPEAT "[0-9a-f]" 64 digits)
    list(TRANSFORM arguments REPLACE "^https://.+[.]tar[.]gz$" "${url}")
    list(TRANSFORM arguments REPLACE "^SHA256=${digits}$" "SHA256=${hash}")
    if(NOT url IN_LIST arguments OR NOT "SHA256=${hash}" IN_LIST arguments)
        message(FATAL_ERROR "xsimd is not declared by an address and its hash: ${ARGN}")
    endif()

    FetchContent_Declare(xsimd_from_archive ${arguments})
    FetchContent_MakeAvailable(xsimd_from_archive)
    FetchContent_SetPopulated(xsimd SOURCE_DIR ${xsimd_from_archive_SOURCE_DIR}
                                    BINARY_DIR ${xsimd_from_archive_BINARY_DIR})

    # With the archive's dates, a build that has seen another xsimd would not be made anew.
    file(TIMESTAMP ${xsimd_from_archive_SOURCE_DIR}/CMakeLists.txt year "%Y")
    if(year LESS_EQUAL 2000)
        message(FATAL_ERROR "the files of xsimd keep the date they have in the archive")
    endif()
endfunction()

cmake_language(SET_DEPENDENCY_PROVIDER provide_xsimd SUPPORTED_METHODS FETCHCONTENT_MAKEAVAILABLE_SERIAL)
