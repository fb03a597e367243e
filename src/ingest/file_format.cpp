#include "ingest/file_format.hpp"

#include <algorithm>
#include <string_view>

namespace attune {
namespace {

using namespace std::string_view_literals;

constexpr auto kOleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv;
constexpr auto kZipMagic = "PK\x03\x04"sv;
constexpr auto kGzipMagic = "\x1F\x8B"sv;
constexpr auto kXzMagic =
    "\xFD"
    "7zXZ\0"sv;
// The name of the stream that holds an encrypted workbook, as UTF-16.
constexpr auto kEncryptedStream = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv;

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool take_ending(std::string& name, std::string_view ending) {
    if (!name.ends_with(ending)) return false;
    name.resize(name.size() - ending.size());
    return true;
}

}  // namespace

Result<FileFormat> file_format_of(const std::filesystem::path& path) {
    std::string name = lower_case(path.filename().string());
    FileFormat format;
    if (take_ending(name, ".xlsx")) {
        format.table = TableFormat::kXlsx;
        return format;
    }
    if (take_ending(name, ".gz")) {
        format.compression = Compression::kGzip;
    } else if (take_ending(name, ".xz")) {
        format.compression = Compression::kXz;
    }
    if (take_ending(name, ".csv") || take_ending(name, ".txt") || take_ending(name, ".data")) {
        format.table = TableFormat::kCsv;
    } else if (take_ending(name, ".tsv")) {
        format.table = TableFormat::kTsv;
    } else if (take_ending(name, ".jsonl") || take_ending(name, ".ndjson")) {
        format.table = TableFormat::kJsonLines;
    } else {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: the ending tells no known format; known are .xlsx, .csv, .tsv, .txt, "
                    ".data, .jsonl and .ndjson, all but .xlsx also with .gz or .xz",
                    path.string());
    }
    return format;
}

Status check_file_start(std::string_view start, const FileFormat& format) {
    if (start.starts_with(kOleMagic)) {
        if (start.find(kEncryptedStream) != std::string_view::npos) {
            return fail(ErrorCode::kInvalidArgument,
                        "this workbook is protected by a password; save it as .xlsx without one");
        }
        return fail(ErrorCode::kInvalidArgument,
                    "this is an old .xls workbook or one protected by a password; save it as "
                    ".xlsx (Excel Workbook) without a password");
    }
    if (format.table == TableFormat::kXlsx || format.compression != Compression::kNone) return {};
    if (start.starts_with(kZipMagic)) {
        return fail(ErrorCode::kInvalidArgument,
                    "this is a zip archive or an .xlsx workbook, not text; name it .xlsx if it is "
                    "a workbook");
    }
    if (start.starts_with(kGzipMagic)) {
        return fail(ErrorCode::kInvalidArgument,
                    "this file is packed by gzip; add .gz to its name");
    }
    if (start.starts_with(kXzMagic)) {
        return fail(ErrorCode::kInvalidArgument, "this file is packed by xz; add .xz to its name");
    }
    return {};
}

}  // namespace attune
