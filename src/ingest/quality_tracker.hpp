#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ingest/import_report.hpp"
#include "ingest/mapping.hpp"
#include "ingest/quality.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// Profiles every column of the rows of one import, and the keys of documents as they turn up.
class QualityTracker {
 public:
    /// @param header  empty for documents
    QualityTracker(const QualityOptions& options, const Mapping& mapping,
                   const std::vector<std::string>& header);

    void add(const Row& row);
    void add(const Issue& issue);
    [[nodiscard]] QualityReport report(std::uint64_t rows_duplicate);

 private:
    struct Column {
        ColumnProfile profile;
        std::vector<std::string> missing;  ///< texts that stand for nothing here
    };

    void add_cell(Column& column, const Cell& cell);
    Column& new_column(const std::string& name);
    void add_document(const nlohmann::json& document);

    QualityOptions options_;
    std::map<std::string, std::vector<std::string>, std::less<>> missing_;  ///< by column
    std::vector<std::string> missing_everywhere_;
    std::vector<Column> columns_;
    std::map<std::string, std::size_t, std::less<>> positions_;
    std::uint64_t num_rows_ = 0;
};

}  // namespace attune
