#pragma once

#include "fuzz/fuzz.hpp"
#include "ingest/row_reader.hpp"
#include "ingest/text_check.hpp"

namespace attune {

/// Limits that small inputs can reach.
inline ReaderLimits fuzz_limits() {
    ReaderLimits limits;
    limits.max_columns = 20;
    limits.max_cell_bytes = 400;
    limits.max_unpacked_bytes = 1 << 20;
    limits.max_shared_string_bytes = 4000;
    return limits;
}

/// Reads to the end and holds the reader to its contract.
inline void fuzz_read(Result<std::unique_ptr<RowReader>> reader) {
    if (!reader) {
        fuzz_require(!reader.error().message.empty());
        return;
    }
    Row row;
    while (true) {
        const Result<bool> found = (*reader)->next(row);
        fuzz_require((*reader)->progress() >= 0 && (*reader)->progress() <= 1);
        if (!found) {
            fuzz_require(!found.error().message.empty() && !(*reader)->next(row));
            return;
        }
        if (!*found) return;
        fuzz_require(row.number > 0 && row.cells.size() <= fuzz_limits().max_columns);
        for (const Cell& cell : row.cells) {
            const std::string text = cell_text(cell);
            fuzz_require(text.size() <= fuzz_limits().max_cell_bytes && !find_bad_byte(text));
        }
    }
}

}  // namespace attune
