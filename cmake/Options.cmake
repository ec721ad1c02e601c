# Compiler options of our own code; third-party headers are SYSTEM and silent.
add_library(signalbox_options INTERFACE)
target_compile_options(signalbox_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wunused-result -Werror
    # What a newer version of a library discourages is news, not an error.
    -Wno-error=deprecated-declarations
    # A designated initialiser that leaves fields at their defaults is what defaults are for.
    $<IF:$<CXX_COMPILER_ID:Clang>,-Wno-missing-designated-field-initializers,-Wno-missing-field-initializers>)
target_compile_definitions(signalbox_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    # Asio hands the blocks of large frames to small ones that live long: 1.1 kB of an idle event
    # stream, and no instruction saved over malloc.
    BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING
    SIGNALBOX_VERSION="${PROJECT_VERSION}")
target_include_directories(signalbox_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
# A precompiled header without its time stamp, so that ccache can tell two of them equal.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(signalbox_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-fstack-protector-strong -fPIE)
    add_compile_definitions(_FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
    add_link_options(-pie -Wl,-z,relro,-z,now)
endif()

if(SIGNALBOX_SANITIZE)
    add_compile_options(-fsanitize=${SIGNALBOX_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${SIGNALBOX_SANITIZE})
endif()
