# The outside libraries, by their pkg-config names.  Oldest supported: Debian 12's versions.
find_package(PkgConfig REQUIRED)

# The fuzz targets see into jansson when tests/fuzz/build-jansson has built one with their counters.
if(FUZZ)
    set(ENV{PKG_CONFIG_PATH} "${PROJECT_SOURCE_DIR}/build/jansson/lib/pkgconfig:$ENV{PKG_CONFIG_PATH}")
endif()

pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka>=2.0.2)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(libconfig REQUIRED IMPORTED_TARGET libconfig>=1.5)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.75)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto>=3.0)
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
    pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka>=1.1)
endif()
