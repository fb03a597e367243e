# The headers of others that most modules include, compiled once for the tests. Sources include what
# they use all the same: the product is built without this.
add_library(attune_headers STATIC "${CMAKE_SOURCE_DIR}/cmake/headers.cpp")
target_link_libraries(attune_headers PRIVATE
    attune_options attune_counted fmt::fmt attune_dep_expected nlohmann_json::nlohmann_json Threads::Threads)
target_precompile_headers(attune_headers PRIVATE
    <algorithm> <atomic> <chrono> <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional>
    <set> <span> <string> <string_view> <unordered_map> <variant> <vector>
    <fmt/core.h> <fmt/format.h> <nlohmann/json.hpp> <tl/expected.hpp>)

# attune_module(<name> [NUMERIC] DESCRIPTION <one line> DEPENDS <modules...>
#               LIBRARIES <third party...> PRIVATE_LIBRARIES <third party...>)
#
# Declares src/<name>/ as the static library attune_<name> out of every .cpp in its folder.
# Sanitized builds are not optimized, for that would more than double the time to compile; NUMERIC
# modules are all the same, since their tests would take minutes otherwise.
function(attune_module name)
    cmake_parse_arguments(ARG "NUMERIC" "DESCRIPTION" "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    if(NOT sources)
        add_library(attune_${name} INTERFACE)
        return()
    endif()
    add_library(attune_${name} STATIC ${sources})
    target_include_directories(attune_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    list(TRANSFORM ARG_DEPENDS PREPEND attune_)
    target_link_libraries(attune_${name}
        PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES} Threads::Threads
        PRIVATE attune_options attune_counted ${ARG_PRIVATE_LIBRARIES})
    target_link_libraries(attune_${name} INTERFACE $<LINK_ONLY:attune_options>)
    if(ARG_NUMERIC AND ATTUNE_SANITIZE)
        target_compile_options(attune_${name} PRIVATE -O1)
    else()
        target_precompile_headers(attune_${name} REUSE_FROM attune_headers)
    endif()
endfunction()

# attune_test(<name> SOURCES <files...> DEPENDS <modules...> [LABELS <labels...>] [TIMEOUT <seconds>])
#
# Declares one GoogleTest program. Label "threads" marks what the tsan preset also runs.
function(attune_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS;LIBRARIES" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    list(TRANSFORM ARG_DEPENDS PREPEND attune_)
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBRARIES} attune_options
        attune_test_support GTest::gtest GTest::gmock GTest::gtest_main)
    target_precompile_headers(${name} REUSE_FROM attune_test_headers)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
    if("threads" IN_LIST ARG_LABELS)
        add_dependencies(thread_tests ${name})
    endif()
    # Those that may take long begin first.
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${ARG_TIMEOUT} COST ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
