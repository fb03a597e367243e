#pragma once

#include <array>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/record_sink.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// Rows out of vectors. `Cell` texts must outlive it; `texts` makes cells of texts as CSV does.
class FakeRows final : public RowReader {
 public:
    FakeRows(std::vector<std::string> columns, std::vector<std::vector<Cell>> rows,
             std::string sheet = "")
        : columns_(std::move(columns)), sheet_(std::move(sheet)), rows_(std::move(rows)) {}

    static FakeRows documents(std::vector<nlohmann::json> documents) {
        FakeRows reader({}, {});
        reader.documents_ = std::move(documents);
        return reader;
    }

    /// A table of texts, as from a CSV file: empty ones are empty cells.
    static FakeRows texts(std::vector<std::string> columns,
                          const std::vector<std::vector<std::string>>& rows) {
        FakeRows reader(std::move(columns), {});
        for (const auto& row : rows) {
            auto& cells = reader.rows_.emplace_back();
            for (const std::string& text : row) {
                if (text.empty())
                    cells.emplace_back();
                else
                    cells.emplace_back(std::string_view(reader.texts_.emplace_back(text)));
            }
        }
        return reader;
    }

    FakeRows(FakeRows&&) = default;

    const std::vector<std::string>& columns() const override { return columns_; }
    const std::string& sheet() const override { return sheet_; }
    const std::string& row_error() const override { return row_error_; }
    double progress() const override { return 0.5; }

    Result<bool> next(Row& row) override {
        row = Row{};
        row_error_.clear();
        const std::size_t size = documents_.empty() ? rows_.size() : documents_.size();
        if (position_ == size) {
            if (!end_error.empty()) return fail(ErrorCode::kCorrupt, "{}", end_error);
            return false;
        }
        row.number = position_ + (documents_.empty() ? 2 : 1);
        row.uncalculated = uncalculated;
        if (documents_.empty()) {
            row.cells = rows_[position_];
        } else if (documents_[position_].is_discarded()) {
            row_error_ = "not a JSON object";
        } else {
            row.document = &documents_[position_];
        }
        ++position_;
        return true;
    }

    std::vector<std::size_t> uncalculated;  ///< of every row
    std::string end_error;                  ///< reported after the last row when not empty

 private:
    std::vector<std::string> columns_;
    std::string sheet_;
    std::vector<std::vector<Cell>> rows_;
    std::vector<nlohmann::json> documents_;
    std::deque<std::string> texts_;
    std::string row_error_;
    std::size_t position_ = 0;
};

/// Keeps what it is given.
class KeptRecords final : public RecordSink {
 public:
    Status add(Record record) override {
        if (records.size() == max_records) {
            return fail(ErrorCode::kUnavailable, "the store is full");
        }
        std::visit(
            [&](const auto& held) {
                if constexpr (requires { held.id; }) {
                    positions_[record.index()][held.id] = records.size();
                }
            },
            record);
        records.push_back(std::move(record));
        return {};
    }

    Result<std::optional<Record>> find(RecordKind kind, std::string_view id) override {
        const auto& positions = positions_[static_cast<std::size_t>(kind)];
        const auto found = positions.find(id);
        if (found == positions.end()) return std::nullopt;
        return std::optional<Record>(records[found->second]);
    }

    Result<bool> contains(RecordKind kind, std::string_view id) override {
        if (!unknown_ids.contains(id)) return true;
        ATTUNE_ASSIGN(const auto found, find(kind, id));
        return found.has_value();
    }

    template <typename T>
    std::vector<T> all() const {
        std::vector<T> kept;
        for (const Record& record : records) {
            if (const auto* held = std::get_if<T>(&record)) kept.push_back(*held);
        }
        return kept;
    }

    std::vector<Record> records;
    std::set<std::string, std::less<>> unknown_ids;  ///< all others are as if stored before
    std::size_t max_records = 1'000'000;

 private:
    std::array<std::map<std::string, std::size_t, std::less<>>, kRecordKinds.size()> positions_;
};

}  // namespace attune
