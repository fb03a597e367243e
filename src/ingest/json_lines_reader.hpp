#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ingest/row_reader.hpp"
#include "ingest/text_window.hpp"

namespace attune {

/// One JSON object a line. Blank lines are passed over. A line that is no JSON object, or is nested
/// deeper than kMaxJsonDepth, is an error of that row; NUL bytes and bytes that are not UTF-8 end
/// the reading. A line may have kMaxLineCells times ReaderLimits::max_cell_bytes.
class JsonLinesReader final : public RowReader {
 public:
    static constexpr std::size_t kMaxJsonDepth = 64;
    static constexpr std::size_t kMaxLineCells = 16;

    /// @param name  of the file, for messages
    /// @errors kEmptyInput: no line that is not blank; kMalformedText: UTF-16; of the source
    static Result<std::unique_ptr<RowReader>> open(std::unique_ptr<ByteSource> source,
                                                   std::string name, const ReaderLimits& limits);

    [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
    [[nodiscard]] const std::string& sheet() const override { return sheet_; }
    Result<bool> next(Row& row) override;
    [[nodiscard]] const std::string& row_error() const override { return row_error_; }
    [[nodiscard]] double progress() const override { return window_.progress(); }

 private:
    JsonLinesReader(TextWindow window, std::string name, const ReaderLimits& limits)
        : window_(std::move(window)),
          name_(std::move(name)),
          max_line_bytes_(limits.max_cell_bytes * kMaxLineCells) {}

    Result<bool> next_filled_line();
    Result<std::optional<std::string_view>> next_line();
    void parse(std::string_view line);

    TextWindow window_;
    std::string name_;
    std::size_t max_line_bytes_;
    std::vector<std::string> columns_;
    std::string sheet_;
    std::string row_error_;
    nlohmann::json document_;
    std::string_view line_;
    std::size_t consumed_ = 0;
    std::uint64_t number_ = 0;
    bool line_is_ready_ = false;
    std::optional<Error> failure_;
};

}  // namespace attune
