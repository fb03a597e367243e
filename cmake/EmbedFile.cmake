# attune_embed_file(<target> <symbol> <file>)
#
# Adds a source to the target that defines `std::string_view attune::embedded::<symbol>()`, the bytes
# of the file. It is made again whenever the file changes. The target declares the function itself.

if(CMAKE_SCRIPT_MODE_FILE)
    # cmake -D INPUT=<file> -D OUTPUT=<source> -D SYMBOL=<symbol> -P EmbedFile.cmake
    file(READ "${INPUT}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    # Lines of 20 bytes keep editors and diffs usable.
    string(REPEAT "0x..," 20 line)
    string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
    file(WRITE "${OUTPUT}" "#include <string_view>

namespace attune::embedded {

namespace {
// The last byte only keeps the array of an empty file legal.
const unsigned char kBytes[] = {
${bytes}0};
}  // namespace

std::string_view ${SYMBOL}();
std::string_view ${SYMBOL}() {
    return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes) - 1};
}

}  // namespace attune::embedded
")
    return()
endif()

set(ATTUNE_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(attune_embed_file target symbol file)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp")
    get_filename_component(name "${file}" NAME)
    add_custom_command(
        OUTPUT "${source}"
        COMMAND "${CMAKE_COMMAND}" -D "INPUT=${file}" -D "OUTPUT=${source}" -D "SYMBOL=${symbol}"
            -P "${ATTUNE_EMBED_SCRIPT}"
        DEPENDS "${file}" "${ATTUNE_EMBED_SCRIPT}"
        COMMENT "Embedding ${name}"
        VERBATIM)
    target_sources(${target} PRIVATE "${source}")
endfunction()
