# signalbox_folder(base SOURCES a.cpp LINKS public… PRIVATE_LINKS private… TESTS a_test.cpp)
#
# One folder of src/ = one static library signalbox_<name> and one test program <name>_test.
# LINKS are the folders and libraries its headers need; sub-folders list their files here too.
function(signalbox_folder name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS;TESTS;TEST_LINKS" ${ARGN})
    set(target signalbox_${name})
    add_library(${target} STATIC ${ARG_SOURCES})
    target_link_libraries(${target}
        PUBLIC signalbox_options ${ARG_LINKS} signalbox_asio
        PRIVATE ${ARG_PRIVATE_LINKS})
    target_precompile_headers(${target} REUSE_FROM signalbox_pch)
    if(SIGNALBOX_TESTS AND ARG_TESTS)
        signalbox_test(${name}_test SOURCES ${ARG_TESTS} LINKS ${target} ${ARG_TEST_LINKS})
    endif()
endfunction()

# A test program of GoogleTest, run by ctest as one test.
function(signalbox_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gmock_main)
    target_precompile_headers(${name} REUSE_FROM signalbox_pch)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# signalbox_fuzzer(multipart SOURCES multipart_fuzz.cpp LINKS signalbox_wire)
#
# A fuzz target <name>_fuzz, which replays its seeds, the files of corpus/<name>/, as a test. In the
# `asan` preset it is linked with libFuzzer, and tools/fuzz runs it.
function(signalbox_fuzzer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    set(target ${name}_fuzz)
    add_executable(${target} ${ARG_SOURCES})
    target_link_libraries(${target} PRIVATE signalbox_options ${ARG_LINKS})
    target_precompile_headers(${target} REUSE_FROM signalbox_pch)
    if(SIGNALBOX_FUZZ)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        set(once -runs=0)
    else()
        target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp)
    endif()
    add_test(NAME ${target} COMMAND ${target} ${once} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    set_tests_properties(${target} PROPERTIES TIMEOUT 60)
endfunction()
