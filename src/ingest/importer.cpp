#include "ingest/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "ingest/hash_counter.hpp"
#include "ingest/quality_tracker.hpp"
#include "ingest/row_records.hpp"
#include "ingest/row_values.hpp"

namespace attune {
namespace {

constexpr std::uint64_t kRowsBetweenProgress = 1024;
constexpr std::uint64_t kProgressUnits = 1000;

/// The header under which the mapping knows the columns.
Result<std::vector<std::string>> header_of(const RowReader& reader, const Mapping& mapping) {
    const std::vector<std::string>& columns = reader.columns();
    if (mapping.column_names.empty() || columns.empty()) return columns;
    if (columns.size() != mapping.column_names.size()) {
        return fail(ErrorCode::kInvalidArgument,
                    "the mapping '{}' names {} columns, the file has {}", mapping.name,
                    mapping.column_names.size(), columns.size());
    }
    return mapping.column_names;
}

class Import {
 public:
    Import(RowReader& reader, const Mapping& mapping, const ImportOptions& options,
           RecordSink& sink, std::vector<std::string> header, RowValues values, RowRecords records)
        : reader_(reader),
          mapping_(mapping),
          options_(options),
          sink_(sink),
          header_(std::move(header)),
          values_(std::move(values)),
          records_(std::move(records)),
          quality_(options.quality, mapping, header_) {
        report_.file = options.file;
        report_.sheet = reader.sheet();
        report_.mapping = mapping.name;
        for (const SkipRule& rule : mapping.skips) report_.filters.emplace_back(rule.name, 0);
    }

    Status run(Progress& progress) {
        Row row;
        for (;;) {
            ATTUNE_ASSIGN(const bool more, reader_.next(row));
            if (!more) return {};
            if (report_.rows_read % kRowsBetweenProgress == 0) {
                if (progress.cancelled()) {
                    return fail(ErrorCode::kCancelled, "the import of {} was stopped",
                                options_.file);
                }
                const double share = std::clamp(reader_.progress(), 0.0, 1.0);
                progress.advance(static_cast<std::uint64_t>(share * kProgressUnits));
            }
            if (++report_.rows_read > options_.max_rows) {
                return fail(ErrorCode::kLimitExceeded, "{} has more than {} rows (import.max_rows)",
                            options_.file, options_.max_rows);
            }
            ATTUNE_TRY(take(row));
        }
    }

    ImportReport finish() {
        report_.customers = records_.num_customers();
        report_.products = records_.num_products();
        report_.quality = quality_.report(report_.rows_duplicate);
        return std::move(report_);
    }

 private:
    Status take(const Row& row) {
        if (!reader_.row_error().empty()) {
            return refuse(
                Issue{IssueReason::kMalformedRow, row.number, "", "", reader_.row_error()});
        }
        quality_.add(row);
        const bool is_duplicate = rows_.add(hash_of(row)) > 1;
        if (is_duplicate) ++report_.rows_duplicate;
        if (const auto column = uncalculated_column(row)) {
            return refuse(Issue{IssueReason::kNotCalculated, row.number, *column, "",
                                "the workbook has no result of this formula; open it in a "
                                "spreadsheet program and save it"});
        }
        if (row.document != nullptr)
            values_.set(*row.document);
        else
            values_.set(row.cells);
        if (is_skipped() ||
            (is_duplicate && mapping_.on_duplicate == Mapping::OnDuplicate::kSkip)) {
            ++report_.rows_skipped;
            return {};
        }
        ATTUNE_ASSIGN(std::optional<Issue> bad, records_.take(row, values_, report_.rows_read));
        if (bad) {
            bad->row = row.number;
            return refuse(std::move(*bad));
        }
        ++report_.rows_accepted;
        for (Issue& warning : records_.warnings()) {
            warning.row = row.number;
            // The value of the column is good; what differs is the rest.
            if (warning.reason != IssueReason::kDiffersFromFirst) quality_.add(warning);
            report_.warnings.add(std::move(warning), options_.max_listed_issues);
        }
        for (Record& record : records_.records()) {
            ++report_.records[record.index()];
            ATTUNE_TRY(sink_.add(std::move(record)));
        }
        return {};
    }

    /// The first column with a formula that was never calculated, if the mapping reads it.
    std::optional<std::string> uncalculated_column(const Row& row) const {
        for (const std::size_t column : row.uncalculated) {
            if (column >= header_.size()) continue;
            const auto& read = mapping_.native ? header_ : mapping_.columns;
            const std::string& name = header_[column];
            if (std::find(read.begin(), read.end(), name) != read.end()) return name;
        }
        return std::nullopt;
    }

    Hash128 hash_of(const Row& row) {
        line_.clear();
        if (row.document != nullptr) {
            line_ = row.document->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
            return hash128(line_);
        }
        // Rows that end early equal those with empty cells at the end.
        std::size_t size = row.cells.size();
        while (size > 0 && std::holds_alternative<std::monostate>(row.cells[size - 1])) --size;
        for (std::size_t i = 0; i < size; ++i) {
            line_ += text_view(row.cells[i], scratch_);
            line_ += '\x1f';
        }
        return hash128(line_);
    }

    /// Counts the row under each filter that it matches.
    bool is_skipped() {
        bool skipped = false;
        for (std::size_t i = 0; i < mapping_.skips.size(); ++i) {
            if (!holds(mapping_.skips[i].when, values_, mapping_.missing)) continue;
            ++report_.filters[i].second;
            skipped = true;
        }
        return skipped;
    }

    Status refuse(Issue issue) {
        if (options_.on_error == OnError::kStop) {
            std::string where = options_.file;
            if (!report_.sheet.empty()) where += fmt::format(", sheet '{}'", report_.sheet);
            where += fmt::format(", row {}", issue.row);
            if (!issue.column.empty()) where += fmt::format(", column '{}'", issue.column);
            if (!issue.value.empty()) where += fmt::format(", value '{}'", issue.value);
            const bool is_reference = issue.reason == IssueReason::kUnknownCustomer ||
                                      issue.reason == IssueReason::kUnknownProduct;
            return fail(is_reference ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
                        "{}: {} ({}); --on-error skip (import.on_error) leaves such rows out",
                        where, issue.message, issue_reason_name(issue.reason));
        }
        ++report_.rows_bad;
        quality_.add(issue);
        report_.bad_rows.add(std::move(issue), options_.max_listed_issues);
        return {};
    }

    RowReader& reader_;
    const Mapping& mapping_;
    const ImportOptions& options_;
    RecordSink& sink_;
    std::vector<std::string> header_;
    RowValues values_;
    RowRecords records_;
    QualityTracker quality_;
    ImportReport report_;
    HashCounter rows_;
    std::string line_;
    std::string scratch_;
};

Result<RowValues> values_for(const RowReader& reader, const Mapping& mapping,
                             const std::vector<std::string>& header) {
    const bool is_documents = reader.columns().empty();
    if (is_documents) return RowValues::of_documents(mapping.columns);
    return RowValues::of_table(mapping.columns, header);
}

}  // namespace

Result<ImportReport> import_rows(RowReader& reader, const Mapping& mapping,
                                 const ImportOptions& options, RecordSink& sink,
                                 Progress& progress) {
    auto header = header_of(reader, mapping);
    if (!header) return fail(header.error().at(options.file));
    auto records = RowRecords::create(mapping, *header, sink, options.latest_time);
    if (!records) return fail(records.error().at(options.file));
    auto values = values_for(reader, mapping, *header);
    if (!values) return fail(values.error().at(options.file));

    Import import(reader, mapping, options, sink, std::move(*header), std::move(*values),
                  std::move(*records));
    progress.begin(fmt::format("Importing {}", options.file), kProgressUnits);
    const Status status = import.run(progress);
    if (status) progress.advance(kProgressUnits);
    progress.end();
    ATTUNE_TRY(status);
    return import.finish();
}

}  // namespace attune
