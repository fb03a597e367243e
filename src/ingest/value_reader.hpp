#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "ingest/import_report.hpp"
#include "ingest/mapping.hpp"
#include "ingest/row_values.hpp"

namespace attune {

/// A value, or what is wrong with it (the row number is the caller's to fill in).
template <typename T>
using Checked = tl::expected<T, Issue>;

tl::unexpected<Issue> issue(IssueReason reason, std::string column, std::string_view value,
                            std::string message);

/// Reads "123", "-4.5e3"; with `decimal_comma` also "1.234,5". Only finite numbers.
std::optional<double> parse_number(std::string_view text, bool decimal_comma = false);

/// Reads a time by a pattern of YYYY, YY (2000-2099), MM, DD, hh, mm, ss; other characters stand
/// for themselves; a single digit may stand where two are expected if no digit follows.
std::optional<Timestamp> parse_time_by(std::string_view format, std::string_view text);

/// Whether the condition holds. `missing` are the texts that stand for nothing.
bool holds(const RowCondition& condition, const RowValues& values,
           const std::vector<std::string>& missing);

/// Evaluates the rules of a mapping on the current row.
class ValueReader {
 public:
    /// @lifetime  borrows the mapping
    explicit ValueReader(const Mapping& mapping) : mapping_(mapping) {}

    /// The value, or nothing when it is missing and not required.
    /// @param row   ordinal of the row, counting from 1, for templates
    /// @param hash  text of {#hash}
    Checked<std::optional<FieldValue>> read(const ValueRule& rule, const RowValues& values,
                                            std::uint64_t row, std::string_view hash = {});

 private:
    Cell source(const ValueRule& rule, const RowValues& values, std::uint64_t row,
                std::string_view hash);
    Cell expand(const ValueRule& rule, const RowValues& values, std::uint64_t row,
                std::string_view hash);
    Cell join(const ValueRule& rule, const RowValues& values);
    Cell normalised(const ValueRule& rule, Cell cell);
    [[nodiscard]] bool is_missing(const ValueRule& rule, std::string_view text) const;

    const Mapping& mapping_;
    std::string built_;       ///< templates and joins
    std::string normalised_;  ///< transforms
    std::string scratch_;
};

}  // namespace attune
