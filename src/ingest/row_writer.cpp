#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "ingest/file_format.hpp"
#include "ingest/row_reader.hpp"
#include "ingest/row_writers.hpp"
#include "ingest/text_check.hpp"

namespace attune {
namespace {

/// Refuses what no format can hold, so that a file either has every value or does not appear.
class CheckedWriter final : public RowWriter {
 public:
    CheckedWriter(std::unique_ptr<RowWriter> writer, Columns columns, std::string name)
        : writer_(std::move(writer)), columns_(std::move(columns)), name_(std::move(name)) {}

    Status write(std::span<const Cell> cells) override {
        if (failed_ || finished_) {
            return fail(ErrorCode::kInvalidArgument, "{}: nothing can be written after {}", name_,
                        failed_ ? "a failure" : "the end");
        }
        const Status written = check_and_write(cells);
        failed_ = !written;
        ++num_rows_;
        return written;
    }

    Status finish() override {
        if (failed_ || finished_) {
            return fail(ErrorCode::kInvalidArgument, "{}: cannot be finished after {}", name_,
                        failed_ ? "a failure" : "the end");
        }
        finished_ = true;
        return writer_->finish();
    }

 private:
    Status check_and_write(std::span<const Cell> cells) {
        if (cells.size() > columns_.size()) {
            return fail(ErrorCode::kInvalidArgument, "{}: row {} has {} cells for {} columns",
                        name_, num_rows_ + 1, cells.size(), columns_.size());
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (const Status good = check(cells[i]); !good) {
                return fail(good.error().at(
                    fmt::format("{}: row {}, column '{}'", name_, num_rows_ + 1, columns_[i])));
            }
        }
        return writer_->write(cells);
    }

    static Status check(const Cell& cell) {
        if (const auto* nested = std::get_if<const nlohmann::json*>(&cell)) return check(**nested);
        if (const auto* text = std::get_if<std::string_view>(&cell)) {
            const auto bad = find_bad_byte(*text);
            if (!bad) return {};
            return fail(ErrorCode::kMalformedText, "there is {}", describe(*bad, *text));
        }
        const auto* number = std::get_if<double>(&cell);
        if (number != nullptr && !std::isfinite(*number)) {
            return fail(ErrorCode::kInvalidArgument, "{} is no finite number", *number);
        }
        return {};
    }

    /// The texts within a list or an object, its keys too.
    static Status check(const nlohmann::json& nested) {
        if (const auto* text = nested.get_ptr<const std::string*>()) return check(Cell(*text));
        if (nested.is_number()) return check(Cell(nested.get<double>()));
        if (!nested.is_structured()) return {};
        for (const auto& [key, value] : nested.items()) {
            ATTUNE_TRY(check(Cell(std::string_view(key))));
            ATTUNE_TRY(check(value));
        }
        return {};
    }

    std::unique_ptr<RowWriter> writer_;
    Columns columns_;
    std::string name_;
    std::uint64_t num_rows_ = 0;
    bool failed_ = false;
    bool finished_ = false;
};

Status check_columns(const Columns& columns) {
    if (columns.empty()) return fail(ErrorCode::kInvalidArgument, "a table needs a column");
    std::set<std::string_view> seen;
    for (const std::string& column : columns) {
        if (trim(column).empty()) {
            return fail(ErrorCode::kInvalidArgument, "every column needs a name");
        }
        if (!seen.insert(trim(column)).second) {
            return fail(ErrorCode::kInvalidArgument, "two columns are named '{}'", column);
        }
        if (const auto bad = find_bad_byte(column)) {
            return fail(ErrorCode::kMalformedText, "in the name of a column there is {}",
                        describe(*bad, column));
        }
    }
    return {};
}

Result<std::unique_ptr<RowWriter>> create_plain(const std::filesystem::path& path,
                                                const FileFormat& format, const Columns& columns) {
    if (format.table == TableFormat::kXlsx) return create_xlsx(path, columns);
    ATTUNE_ASSIGN(std::unique_ptr<ByteSink> sink, create_bytes(path, format.compression));
    switch (format.table) {
        case TableFormat::kJsonLines:
            return create_json_lines(std::move(sink), columns);
        case TableFormat::kTsv:
            return create_csv(std::move(sink), columns, '\t');
        default:
            return create_csv(std::move(sink), columns, ',');
    }
}

}  // namespace

Result<std::unique_ptr<RowWriter>> create_rows(const std::filesystem::path& path,
                                               const std::vector<std::string>& columns) {
    ATTUNE_ASSIGN(const FileFormat format, file_format_of(path));
    if (const Status good = check_columns(columns); !good) {
        return fail(good.error().at(path.string()));
    }
    ATTUNE_ASSIGN(std::unique_ptr<RowWriter> writer, create_plain(path, format, columns));
    return std::unique_ptr<RowWriter>(
        std::make_unique<CheckedWriter>(std::move(writer), columns, path.string()));
}

}  // namespace attune
