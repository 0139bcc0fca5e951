include(CMakePackageConfigHelpers)

set(sextant_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/sextant)

configure_package_config_file(cmake/sextantConfig.cmake.in sextantConfig.cmake
                              INSTALL_DESTINATION ${sextant_package_dir})
# Before 1.0 a minor version may break, as semantic versioning has it.
write_basic_package_version_file(sextantConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/sextant DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS sextant EXPORT sextantTargets)
install(EXPORT sextantTargets NAMESPACE sextant:: DESTINATION ${sextant_package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sextantConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/sextantConfigVersion.cmake
              cmake/check_xsimd.cmake cmake/native.cmake
        DESTINATION ${sextant_package_dir})
