#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/byte_sink.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// The writers behind `create_rows`. They take rows as the caller hands them over: at most as many
/// cells as columns, texts that are UTF-8 without NUL, finite numbers; `create_rows` sees to it.
using Columns = std::vector<std::string>;

/// RFC 4180 with LF: fields with a delimiter of any kind, a quote or a line end are quoted, so that
/// the reader finds the same delimiter again. Values are kept as they are: a text such as "=1+1"
/// is not defused, because that would change it; who opens the file in a spreadsheet must import
/// it as text, or export .xlsx.
Result<std::unique_ptr<RowWriter>> create_csv(std::unique_ptr<ByteSink> sink,
                                              const Columns& columns, char delimiter);

/// One object a line. Empty cells are left out, times are RFC 3339, lists and objects are nested.
Result<std::unique_ptr<RowWriter>> create_json_lines(std::unique_ptr<ByteSink> sink,
                                                     const Columns& columns);

/// One sheet, "Sheet1", in constant memory. Texts are stored as texts, never as formulas; times as
/// dates, or as text where Excel has no date; numbers with 16 significant digits.
/// @errors of `write`: kLimitExceeded: a row or a text beyond Excel's limits
Result<std::unique_ptr<RowWriter>> create_xlsx(const std::filesystem::path& path,
                                               const Columns& columns);

}  // namespace attune
