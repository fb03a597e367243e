#include "fuzz/fuzz_rows.hpp"
#include "ingest/json_lines_reader.hpp"

std::vector<std::string> attune::fuzz_seeds() {
    return {"{\"id\":\"7\",\"amounts\":[1,2.5,-3e2,null,true]}\r\n\n{\"a\":{\"b\":{\"c\":[]}}}\n",
            "\xEF\xBB\xBF{\"text\":\"caf\\u00e9 \\ud83d\\ude00 \\\"x\\\"\"}",
            "{\"a\":1}\n[1]\n{\"b\":}\n",
            "{\"a\":" + std::string(70, '[') + std::string(70, ']') + "}\n{}"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    fuzz_read(JsonLinesReader::open(memory_bytes(std::string(fuzz_text(data, size))), "fuzz.jsonl",
                                    fuzz_limits()));
    return 0;
}
