#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/quality.hpp"
#include "ingest/record_kind.hpp"

namespace attune {

enum class IssueReason {
    kMissingValue,
    kNotANumber,
    kNotAWholeNumber,
    kNotABoolean,
    kNotATime,
    kNotAnAmount,
    kNotARange,
    kUnknownValue,  ///< none of the words that the field takes
    kWrongType,     ///< a list or an object where one value is needed, or the other way round
    kOutOfRange,
    kAmbiguous,        ///< words that could not be turned into a rule
    kInvalidRecord,    ///< each value can be read, the record as a whole is refused
    kMalformedRow,     ///< the line itself cannot be read
    kUnknownCustomer,  ///< refers to one that is neither stored nor in a row before
    kUnknownProduct,
    kNotCalculated,     ///< a formula of a workbook without a stored result
    kDiffersFromFirst,  ///< a customer or product with another content than in its first row
    kInTheFuture        ///< something that happened later than ImportOptions::latest_time
};

inline constexpr std::size_t kNumIssueReasons = 18;

std::string_view issue_reason_name(IssueReason reason);  ///< "missing_value", ...

/// One thing that is wrong in a row.
struct Issue {
    IssueReason reason = IssueReason::kMissingValue;
    std::uint64_t row = 0;  ///< as in the file, counting from 1
    std::string column;     ///< empty: the row as a whole
    std::string value;      ///< shortened when long
    std::string message;
};

/// Issues counted by reason; the first ones of each are kept.
struct IssueList {
    std::array<std::uint64_t, kNumIssueReasons> counts{};
    std::vector<Issue> listed;

    void add(Issue issue, std::size_t max_listed);
    [[nodiscard]] std::uint64_t count(IssueReason reason) const {
        return counts[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t total() const;
};

struct ImportReport {
    std::string file;
    std::string sheet;
    std::string mapping;

    std::uint64_t rows_read = 0;
    std::uint64_t rows_accepted = 0;
    std::uint64_t rows_skipped = 0;    ///< by one filter or more, or as duplicates
    std::uint64_t rows_duplicate = 0;  ///< equal to an earlier row in all columns
    std::uint64_t rows_bad = 0;
    std::vector<std::pair<std::string, std::uint64_t>> filters;  ///< rows under each filter's name

    IssueList bad_rows;  ///< one issue a bad row: the first that was found
    IssueList warnings;  ///< parts of accepted rows that were left out

    std::uint64_t customers = 0;  ///< distinct ones in accepted rows
    std::uint64_t products = 0;
    std::array<std::uint64_t, kRecordKinds.size()> records{};  ///< given to the sink, by kind

    QualityReport quality;
};

/// The figures as one object; the filters stand beside `rows_read` under their names.
nlohmann::json to_json(const ImportReport& report);

}  // namespace attune
