set(SEXTANT_SANITIZE "" CACHE STRING "Sanitizers for everything built here: address,undefined or thread")

if(SEXTANT_SANITIZE)
    add_compile_options(-fsanitize=${SEXTANT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_compile_definitions(_GLIBCXX_ASSERTIONS)
    add_link_options(-fsanitize=${SEXTANT_SANITIZE})
endif()
