#include "ingest/import_report_text.hpp"

#include <fmt/format.h>

namespace attune {
namespace {

constexpr std::size_t kMaxExamples = 5;

void append_issue(std::string& text, const Issue& issue) {
    text += fmt::format("\n      row {}", issue.row);
    if (!issue.column.empty()) text += fmt::format(", column '{}'", issue.column);
    if (!issue.value.empty()) text += fmt::format(", value '{}'", issue.value);
    text += ": " + issue.message;
}

void append_issues(std::string& text, std::string_view title, const IssueList& issues) {
    if (issues.total() == 0) return;
    text += fmt::format("\n  {}: {}", title, grouped(issues.total()));
    for (std::size_t i = 0; i < kNumIssueReasons; ++i) {
        const auto reason = static_cast<IssueReason>(i);
        const std::uint64_t count = issues.count(reason);
        if (count == 0) continue;
        text += fmt::format("\n    {}: {}", issue_reason_name(reason), grouped(count));
        std::size_t num_shown = 0;
        for (const Issue& issue : issues.listed) {
            if (issue.reason != reason || num_shown == kMaxExamples) continue;
            append_issue(text, issue);
            ++num_shown;
        }
        if (count > num_shown)
            text += fmt::format("\n      and {} more", grouped(count - num_shown));
    }
}

std::string share(std::uint64_t part, std::uint64_t whole) {
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    return percent < 0.1 ? "below 0.1 %" : fmt::format("{:.1f} %", percent);
}

void append_columns(std::string& text, const QualityReport& quality) {
    bool is_first = true;
    for (const ColumnQuality& column : quality.columns) {
        std::string remarks;
        const auto remark = [&](std::string_view what) {
            if (!remarks.empty()) remarks += ", ";
            remarks += what;
        };
        const std::uint64_t num_rows = column.present + column.missing;
        if (column.missing > 0) {
            remark(fmt::format("{} missing ({})", grouped(column.missing),
                               share(column.missing, num_rows)));
        }
        if (column.out_of_range > 0) {
            remark(fmt::format("{} out of range", grouped(column.out_of_range)));
        }
        if (column.invalid > 0) remark(fmt::format("{} invalid", grouped(column.invalid)));
        if (remarks.empty()) continue;
        if (is_first) text += "\n  columns:";
        is_first = false;
        text += fmt::format("\n    {}: {}", column.name, remarks);
    }
}

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string digits = fmt::format("{}", number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

std::string report_text(const ImportReport& report) {
    std::string text = report.file;
    if (!report.sheet.empty()) text += fmt::format(", sheet '{}'", report.sheet);
    text += fmt::format(": {} rows read, {} accepted, {} left out, {} rejected",
                        grouped(report.rows_read), grouped(report.rows_accepted),
                        grouped(report.rows_skipped), grouped(report.rows_bad));
    for (const auto& [name, rows] : report.filters) {
        if (rows > 0) text += fmt::format("\n  {}: {}", name, grouped(rows));
    }
    if (report.rows_duplicate > 0) {
        text += fmt::format("\n  equal to an earlier row: {}", grouped(report.rows_duplicate));
    }
    append_issues(text, "rejected rows", report.bad_rows);
    append_issues(text, "left out of accepted rows", report.warnings);
    append_columns(text, report.quality);
    return text;
}

}  // namespace attune
