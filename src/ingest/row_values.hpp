#pragma once

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ingest/mapping.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

std::string_view trimmed(std::string_view text);

/// The text of a cell without the copy that cell_text makes of what is text already; other cells
/// are written into `scratch`.
std::string_view text_view(const Cell& cell, std::string& scratch);

/// A JSON value as a cell: null, lists and objects are empty. Whole numbers beyond 2^53 are texts
/// in `scratch`, which keeps their digits.
Cell json_cell(const nlohmann::json& value, std::deque<std::string>& scratch);

/// What the columns of a mapping hold in the current row or document.
class RowValues {
 public:
    /// @errors kInvalidArgument: a name that is not in the header; the message lists the header
    static Result<RowValues> of_table(const std::vector<std::string>& names,
                                      const std::vector<std::string>& header);
    /// Names are keys, or keys within objects: "a.b".
    static RowValues of_documents(const std::vector<std::string>& names);

    /// @lifetime  the values live as long as what they were set from, and until the next `set`
    void set(std::span<const Cell> cells);
    void set(const nlohmann::json& document);

    /// Texts are trimmed; a text of nothing else is empty.
    [[nodiscard]] const Cell& at(ColumnSlot slot) const { return values_[slot]; }
    /// The JSON value at the slot; null for tables and where there is none.
    [[nodiscard]] const nlohmann::json* json_at(ColumnSlot slot) const;
    [[nodiscard]] const nlohmann::json* document() const { return document_; }

 private:
    std::vector<std::size_t> positions_;           ///< of tables
    std::vector<std::vector<std::string>> paths_;  ///< of documents
    std::vector<Cell> values_;
    const nlohmann::json* document_ = nullptr;
    std::deque<std::string> scratch_;
};

}  // namespace attune
