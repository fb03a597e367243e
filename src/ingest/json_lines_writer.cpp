#include <nlohmann/json.hpp>

#include "ingest/row_writers.hpp"

namespace attune {
namespace {

class JsonLinesWriter final : public RowWriter {
 public:
    JsonLinesWriter(std::unique_ptr<ByteSink> sink, const Columns& columns)
        : sink_(std::move(sink)) {
        for (const std::string& column : columns) {
            keys_.push_back(nlohmann::json(column).dump() + ':');
        }
    }

    Status write(std::span<const Cell> cells) override {
        line_ = '{';
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (std::holds_alternative<std::monostate>(cells[i])) continue;
            if (line_.size() > 1) line_ += ',';
            line_ += keys_[i];
            append(cells[i]);
        }
        line_ += "}\n";
        return sink_->write(line_);
    }

    Status finish() override { return sink_->finish(); }

 private:
    void append(const Cell& cell) {
        if (const auto* text = std::get_if<std::string_view>(&cell)) {
            line_ += nlohmann::json(*text).dump();
        } else if (const auto* flag = std::get_if<bool>(&cell)) {
            line_ += *flag ? "true" : "false";
        } else if (const auto* time = std::get_if<Timestamp>(&cell)) {
            line_ += fmt::format("\"{}\"", format_timestamp(*time));
        } else if (const auto* nested = std::get_if<const nlohmann::json*>(&cell)) {
            line_ += (*nested)->dump();
        } else {
            line_ += cell_text(cell);
        }
    }

    std::unique_ptr<ByteSink> sink_;
    std::vector<std::string> keys_;
    std::string line_;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> create_json_lines(std::unique_ptr<ByteSink> sink,
                                                     const Columns& columns) {
    return std::unique_ptr<RowWriter>(std::make_unique<JsonLinesWriter>(std::move(sink), columns));
}

}  // namespace attune
