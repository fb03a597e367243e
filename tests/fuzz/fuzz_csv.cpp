#include "fuzz/fuzz_rows.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/table_reader.hpp"

std::vector<std::string> attune::fuzz_seeds() {
    return {"id,name,price\n7,\"Basket, \"\"big\"\"\",2.55\r\n8,,\n\n9,\"two\nlines\",1\n",
            "\xEF\xBB\xBF\x69\x64;text\r1;\"a;b\"\r2;caf\xC3\xA9\r",
            "a\tb\n1\t2\n",
            "title\n\na|b\n1|2\n",
            std::string("a,b\n1,\0\n", 9),
            "a,b\n\"open\n1,2\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    ReaderOptions options;
    options.limits = fuzz_limits();
    for (const std::size_t header_row : {0U, 2U}) {
        options.header_row = header_row;
        auto rows = CsvRows::open(memory_bytes(std::string(fuzz_text(data, size))), options);
        if (!rows) continue;
        fuzz_read(TableReader::open(*std::move(rows), "fuzz.csv", options));
    }
    return 0;
}
