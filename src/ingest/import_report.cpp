#include "ingest/import_report.hpp"

#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

using nlohmann::json;

json issues_json(const IssueList& issues, const ImportReport& report) {
    json counts = json::object();
    for (std::size_t i = 0; i < kNumIssueReasons; ++i) {
        if (issues.counts[i] == 0) continue;
        counts[std::string(issue_reason_name(static_cast<IssueReason>(i)))] = issues.counts[i];
    }
    json listed = json::array();
    for (const Issue& issue : issues.listed) {
        listed.push_back({{"file", report.file},
                          {"sheet", report.sheet},
                          {"row", issue.row},
                          {"column", issue.column},
                          {"value", issue.value},
                          {"reason", issue_reason_name(issue.reason)},
                          {"message", issue.message}});
    }
    return {
        {"count", issues.total()}, {"by_reason", std::move(counts)}, {"listed", std::move(listed)}};
}

}  // namespace

std::string_view issue_reason_name(IssueReason reason) {
    switch (reason) {
        case IssueReason::kMissingValue:
            return "missing_value";
        case IssueReason::kNotANumber:
            return "not_a_number";
        case IssueReason::kNotAWholeNumber:
            return "not_a_whole_number";
        case IssueReason::kNotABoolean:
            return "not_a_boolean";
        case IssueReason::kNotATime:
            return "not_a_date";
        case IssueReason::kNotAnAmount:
            return "not_an_amount";
        case IssueReason::kNotARange:
            return "not_a_range";
        case IssueReason::kUnknownValue:
            return "unknown_value";
        case IssueReason::kWrongType:
            return "wrong_type";
        case IssueReason::kOutOfRange:
            return "out_of_range";
        case IssueReason::kAmbiguous:
            return "ambiguous";
        case IssueReason::kInvalidRecord:
            return "invalid_record";
        case IssueReason::kMalformedRow:
            return "malformed_row";
        case IssueReason::kUnknownCustomer:
            return "unknown_customer";
        case IssueReason::kUnknownProduct:
            return "unknown_product";
        case IssueReason::kNotCalculated:
            return "not_calculated";
        case IssueReason::kDiffersFromFirst:
            return "differs_from_first";
        case IssueReason::kInTheFuture:
            return "in_the_future";
    }
    return "unknown";
}

void IssueList::add(Issue issue, std::size_t max_listed) {
    const std::uint64_t count = ++counts[static_cast<std::size_t>(issue.reason)];
    if (count <= max_listed) listed.push_back(std::move(issue));
}

std::uint64_t IssueList::total() const {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

json to_json(const ImportReport& report) {
    json records = json::object();
    for (const RecordKind kind : kRecordKinds) {
        const std::uint64_t count = report.records[static_cast<std::size_t>(kind)];
        if (count > 0) records[std::string(record_kind_name(kind))] = count;
    }
    json result{{"file", report.file},
                {"sheet", report.sheet},
                {"mapping", report.mapping},
                {"rows_read", report.rows_read},
                {"rows_accepted", report.rows_accepted},
                {"rows_skipped", report.rows_skipped},
                {"rows_duplicate", report.rows_duplicate},
                {"rows_bad", report.rows_bad},
                {"bad_rows", issues_json(report.bad_rows, report)},
                {"warnings", issues_json(report.warnings, report)},
                {"customers", report.customers},
                {"products", report.products},
                {"records", std::move(records)},
                {"quality", to_json(report.quality)}};
    for (const auto& [name, count] : report.filters) {
        if (!result.contains(name)) result[name] = count;
    }
    return result;
}

}  // namespace attune
