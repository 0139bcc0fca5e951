# The large data sets are no part of the project: what needs them skips where they are absent.
set(sextant_default_data_dir "$ENV{SEXTANT_DATA_DIR}")
if(NOT sextant_default_data_dir AND EXISTS ${PROJECT_SOURCE_DIR}/../shared/data)
    cmake_path(SET sextant_default_data_dir NORMALIZE ${PROJECT_SOURCE_DIR}/../shared/data)
endif()
set(SEXTANT_DATA_DIR "${sextant_default_data_dir}" CACHE PATH "Directory of the data sets for tests and benchmarks")

function(sextant_set_data_dir target)
    target_compile_definitions(${target} PRIVATE SEXTANT_DATA_DIR="${SEXTANT_DATA_DIR}")
endfunction()
