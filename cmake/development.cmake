# What the project's own programs (tests, benchmarks, demo) share and a user's build never sees.
include(${CMAKE_CURRENT_LIST_DIR}/sanitizers.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/warnings.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/data_dir.cmake)

set(CMAKE_CXX_EXTENSIONS OFF)
