#pragma once

#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace attune {

enum class TableFormat { kXlsx, kCsv, kTsv, kJsonLines };
enum class Compression { kNone, kGzip, kXz };

struct FileFormat {
    TableFormat table = TableFormat::kCsv;
    Compression compression = Compression::kNone;
};

/// Reads the format off the ending of the name, whatever its case: .xlsx; .csv, .txt, .data; .tsv;
/// .jsonl, .ndjson; all but the first also followed by .gz or .xz.
/// @errors kInvalidArgument lists the endings that are known
Result<FileFormat> file_format_of(const std::filesystem::path& path);

/// Recognizes by its first bytes what stands under the wrong ending and says what would be right:
/// an old .xls, an encrypted workbook, a .xlsx named .csv, a packed file without .gz or .xz.
/// @param start  the first bytes of the file, as they lie on disk
/// @errors kInvalidArgument
Status check_file_start(std::string_view start, const FileFormat& format);

}  // namespace attune
