#include "ingest/row_reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "ingest/byte_source.hpp"
#include "ingest/csv_rows.hpp"
#include "ingest/file_format.hpp"
#include "ingest/input_file.hpp"
#include "ingest/json_lines_reader.hpp"
#include "ingest/row_values.hpp"
#include "ingest/table_reader.hpp"
#include "ingest/xlsx_rows.hpp"

namespace attune {
namespace {

constexpr std::size_t kStartBytes = 64 << 10;
// Above, a double no longer holds every whole number and its shortest form is clearer.
constexpr double kMaxPlainWhole = 9007199254740992.0;

std::string time_text(Timestamp time) {
    // 2010-12-01T08:26:00.000Z
    std::string text = format_timestamp(time);
    text.pop_back();
    text[text.find('T')] = ' ';
    if (text.ends_with(".000")) text.resize(text.size() - 4);
    return text;
}

std::string number_text(double number) {
    if (number == std::trunc(number) && std::abs(number) < kMaxPlainWhole) {
        return fmt::format("{}", static_cast<std::int64_t>(number));
    }
    return fmt::format("{}", number);
}

Status check_start(const InputFile& file, const FileFormat& format) {
    std::string start(kStartBytes, '\0');
    ATTUNE_ASSIGN(const std::size_t count, file.read_at(0, start));
    start.resize(count);
    return check_file_start(start, format);
}

Result<std::unique_ptr<TableRows>> open_table(InputFile file, const FileFormat& format,
                                              const ReaderOptions& options) {
    if (format.table == TableFormat::kXlsx) {
        ATTUNE_ASSIGN(std::unique_ptr<TableRows> rows, XlsxRows::open(std::move(file), options));
        return rows;
    }
    ReaderOptions csv_options = options;
    if (format.table == TableFormat::kTsv && options.delimiter == '\0')
        csv_options.delimiter = '\t';
    ATTUNE_ASSIGN(std::unique_ptr<TableRows> rows,
                  CsvRows::open(open_bytes(std::move(file), format.compression, options.limits),
                                csv_options));
    return rows;
}

/// Elements joined by ";", or JSON where that would not read back the same.
std::string nested_text(const nlohmann::json& value) {
    std::string text;
    for (const nlohmann::json& element : value) {
        const auto* part = value.is_array() ? element.get_ptr<const std::string*>() : nullptr;
        const bool plain = part != nullptr && !part->empty() &&
                           part->find(';') == std::string::npos && part->front() != '[' &&
                           trimmed(*part) == *part;
        if (!plain) return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (!text.empty()) text += ';';
        text += *part;
    }
    return text;
}

}  // namespace

std::string cell_text(const Cell& cell) {
    struct Visitor {
        std::string operator()(std::monostate) const { return {}; }
        std::string operator()(bool value) const { return value ? "TRUE" : "FALSE"; }
        std::string operator()(double value) const { return number_text(value); }
        std::string operator()(Timestamp value) const { return time_text(value); }
        std::string operator()(std::string_view value) const { return std::string(value); }
        std::string operator()(const nlohmann::json* value) const { return nested_text(*value); }
    };
    return std::visit(Visitor{}, cell);
}

Result<std::unique_ptr<RowReader>> open_rows(const std::filesystem::path& path,
                                             const ReaderOptions& options) {
    const std::string name = path.string();
    auto file = InputFile::open(path);
    if (!file) return fail(file.error().at(name));
    ATTUNE_ASSIGN(const FileFormat format, file_format_of(path));
    if (const Status start = check_start(*file, format); !start) {
        return fail(start.error().at(name));
    }
    if (format.table == TableFormat::kJsonLines) {
        return JsonLinesReader::open(
            open_bytes(*std::move(file), format.compression, options.limits), name, options.limits);
    }
    auto rows = open_table(*std::move(file), format, options);
    if (!rows) return fail(rows.error().at(name));
    return TableReader::open(*std::move(rows), name, options);
}

}  // namespace attune
