# Flags that every target shares. Warnings are errors.
add_library(attune_options INTERFACE)
target_compile_options(attune_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
    # GCC 12 sees overlaps in std::string that cannot be (its bug 105329).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

if(ATTUNE_SANITIZE)
    set(sanitize -fsanitize=${ATTUNE_SANITIZE} -fno-omit-frame-pointer)
    if(ATTUNE_SANITIZE MATCHES "undefined")
        # Four checks are left out: they take a fifth to two fifths of the time to compile, and what
        # they find AddressSanitizer finds too, or the processor does not mind.
        list(APPEND sanitize -fno-sanitize-recover=undefined
            -fno-sanitize=null,alignment,vptr,object-size)
    endif()
    # GCC 12 reports false "may be used uninitialized" once sanitizers rewrite the code.
    target_compile_options(attune_options INTERFACE ${sanitize}
        "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-stringop-overflow;-Wno-array-bounds>")
    target_link_options(attune_options INTERFACE ${sanitize})
endif()

# Lines are counted in src/ alone: counting them in the tests would only make these slower to build.
add_library(attune_counted INTERFACE)
if(ATTUNE_COVERAGE)
    target_compile_options(attune_counted INTERFACE --coverage)
    target_link_options(attune_options INTERFACE --coverage)
endif()

find_program(ATTUNE_CCACHE ccache)
if(ATTUNE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${ATTUNE_CCACHE}")
endif()
find_program(ATTUNE_MOLD mold)
if(ATTUNE_MOLD)
    target_link_options(attune_options INTERFACE -fuse-ld=mold)
endif()
