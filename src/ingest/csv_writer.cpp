#include "ingest/row_writers.hpp"
#include "ingest/text_check.hpp"

namespace attune {
namespace {

bool needs_quotes(std::string_view text) {
    return text.find_first_of(",;\t|\"\r\n") != std::string_view::npos ||
           text.starts_with(kUtf8ByteOrderMark);
}

class CsvWriter final : public RowWriter {
 public:
    CsvWriter(std::unique_ptr<ByteSink> sink, std::size_t num_columns, char delimiter)
        : sink_(std::move(sink)), num_columns_(num_columns), delimiter_(delimiter) {}

    Status write(std::span<const Cell> cells) override {
        line_.clear();
        for (std::size_t i = 0; i < num_columns_; ++i) {
            if (i > 0) line_ += delimiter_;
            if (i < cells.size()) append(cells[i]);
        }
        line_ += '\n';
        return sink_->write(line_);
    }

    Status finish() override { return sink_->finish(); }

 private:
    void append(const Cell& cell) {
        if (const auto* text = std::get_if<std::string_view>(&cell)) {
            append_text(*text);
        } else {
            append_text(cell_text(cell));
        }
    }

    void append_text(std::string_view text) {
        if (!needs_quotes(text)) {
            line_ += text;
            return;
        }
        line_ += '"';
        for (const char c : text) {
            if (c == '"') line_ += '"';
            line_ += c;
        }
        line_ += '"';
    }

    std::unique_ptr<ByteSink> sink_;
    std::size_t num_columns_;
    char delimiter_;
    std::string line_;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> create_csv(std::unique_ptr<ByteSink> sink,
                                              const Columns& columns, char delimiter) {
    auto writer = std::make_unique<CsvWriter>(std::move(sink), columns.size(), delimiter);
    ATTUNE_TRY(writer->write(std::vector<Cell>(columns.begin(), columns.end())));
    return std::unique_ptr<RowWriter>(std::move(writer));
}

}  // namespace attune
