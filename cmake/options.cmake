# build_options: what every target of this project is compiled with.
add_library(build_options INTERFACE)
target_compile_features(build_options INTERFACE c_std_17)
target_compile_definitions(build_options INTERFACE _GNU_SOURCE)
target_include_directories(build_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(build_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wformat=2 -Wundef -Wvla -Wcast-qual -Wpointer-arith -Wwrite-strings
    -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion
    $<$<C_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches
    -Wjump-misses-init>)

# clang blames us for what librdkafka's macros do; gcc knows them as a system header's, and so is the
# one that looks for these two in what is ours.
target_compile_options(build_options INTERFACE
    $<$<C_COMPILER_ID:Clang>:-Wno-gnu-statement-expression -Wno-cast-qual>)

if(WERROR)
    target_compile_options(build_options INTERFACE -Werror)
endif()

if(SANITIZE)
    target_compile_options(build_options INTERFACE
        -fsanitize=${SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(build_options INTERFACE -fsanitize=${SANITIZE})
else()
    target_compile_options(build_options INTERFACE
        $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2> -fstack-protector-strong
        -fstack-clash-protection -fcf-protection -fPIE)
    target_link_options(build_options INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()

if(FUZZ)
    target_compile_options(build_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What librdkafka's threads are made of, in a shape that the thread sanitizer knows.
if(SANITIZE MATCHES thread)
    add_library(c11_threads STATIC ${PROJECT_SOURCE_DIR}/tests/support/c11_threads.c)
    target_link_libraries(build_options INTERFACE c11_threads)
    target_link_options(build_options INTERFACE -Wl,--undefined=thrd_create)
endif()

if(COVERAGE)
    target_compile_options(build_options INTERFACE --coverage)
    target_link_options(build_options INTERFACE --coverage)
endif()

# Claims (`must`) and assertions stay on in every build.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")

# ccache where it is found; a launcher that was asked for stays.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
