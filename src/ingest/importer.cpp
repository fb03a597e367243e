#include "ingest/importer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "ingest/hash_counter.hpp"
#include "ingest/quality_tracker.hpp"
#include "ingest/record_builder.hpp"
#include "ingest/record_table.hpp"
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

Status check_native_header(RecordKind kind, const std::vector<std::string>& header) {
    const std::vector<std::string>& known = record_columns(kind);
    for (const std::string& name : header) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        return fail(ErrorCode::kInvalidArgument, "a {} has no column '{}'; there are: {}",
                    record_kind_name(kind), name, fmt::join(known, ", "));
    }
    return {};
}

class Import {
 public:
    Import(RowReader& reader, const Mapping& mapping, const ImportOptions& options,
           RecordSink& sink, std::vector<std::string> header, RowValues values)
        : reader_(reader),
          mapping_(mapping),
          options_(options),
          sink_(sink),
          header_(std::move(header)),
          values_(std::move(values)),
          builder_(mapping),
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
        report_.customers = customers_.size();
        report_.products = products_.size();
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
        if (row.document != nullptr)
            values_.set(*row.document);
        else
            values_.set(row.cells);
        if (is_skipped() ||
            (is_duplicate && mapping_.on_duplicate == Mapping::OnDuplicate::kSkip)) {
            ++report_.rows_skipped;
            return {};
        }
        auto records =
            mapping_.native ? native_records(row) : builder_.build(values_, report_.rows_read);
        if (!records) {
            records.error().row = row.number;
            return refuse(std::move(records).error());
        }
        ++report_.rows_accepted;
        for (Issue& warning : builder_.warnings()) {
            warning.row = row.number;
            quality_.add(warning);
            report_.warnings.add(std::move(warning), options_.max_listed_issues);
        }
        for (Record& record : *records) ATTUNE_TRY(give(std::move(record)));
        return {};
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

    Checked<std::vector<Record>> native_records(const Row& row) {
        auto record = row.document != nullptr
                          ? record_from_document(*mapping_.native, *row.document)
                          : record_from_row(*mapping_.native, header_, row.cells);
        if (!record) return issue(IssueReason::kInvalidRecord, "", "", record.error().message);
        std::vector<Record> records;
        records.push_back(std::move(*record));
        return records;
    }

    Status refuse(Issue issue) {
        if (options_.on_error == OnError::kStop) {
            std::string where = options_.file;
            if (!report_.sheet.empty()) where += fmt::format(", sheet '{}'", report_.sheet);
            where += fmt::format(", row {}", issue.row);
            if (!issue.column.empty()) where += fmt::format(", column '{}'", issue.column);
            if (!issue.value.empty()) where += fmt::format(", value '{}'", issue.value);
            return fail(ErrorCode::kInvalidArgument, "{}: {} ({})", where, issue.message,
                        issue_reason_name(issue.reason));
        }
        ++report_.rows_bad;
        quality_.add(issue);
        report_.bad_rows.add(std::move(issue), options_.max_listed_issues);
        return {};
    }

    /// Counts whom the record is about; false for a customer or product given before.
    bool is_new(const Record& record) {
        if (const auto* customer = std::get_if<Customer>(&record)) {
            const Hash128 id = hash128(customer->id);
            customers_.add(id);
            return given_customers_.add(id) == 1;
        }
        if (const auto* product = std::get_if<Product>(&record)) {
            const Hash128 id = hash128(product->id);
            products_.add(id);
            return given_products_.add(id) == 1;
        }
        std::visit(
            [&](const auto& held) {
                if constexpr (requires { held.customer_id; }) {
                    customers_.add(hash128(held.customer_id));
                }
                if constexpr (requires { held.product_id; }) {
                    products_.add(hash128(held.product_id));
                }
                if constexpr (requires { held.related_id; }) {
                    customers_.add(hash128(held.related_id));
                }
            },
            record);
        return true;
    }

    Status give(Record record) {
        // Of a foreign layout the first row of a customer or product counts; Attune's own records
        // are each a whole, and the store keeps the last.
        if (!is_new(record) && !mapping_.native) return {};
        ++report_.records[record.index()];
        return sink_.add(std::move(record));
    }

    RowReader& reader_;
    const Mapping& mapping_;
    const ImportOptions& options_;
    RecordSink& sink_;
    std::vector<std::string> header_;
    RowValues values_;
    RecordBuilder builder_;
    QualityTracker quality_;
    ImportReport report_;
    HashCounter rows_;
    HashCounter customers_;  ///< all that accepted rows name
    HashCounter products_;
    HashCounter given_customers_;  ///< those that the sink has
    HashCounter given_products_;
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
    if (mapping.native) {
        if (const Status known = check_native_header(*mapping.native, *header); !known) {
            return fail(known.error().at(options.file));
        }
    }
    auto values = values_for(reader, mapping, *header);
    if (!values) return fail(values.error().at(options.file));

    Import import(reader, mapping, options, sink, std::move(*header), std::move(*values));
    progress.begin(fmt::format("Importing {}", options.file), kProgressUnits);
    const Status status = import.run(progress);
    if (status) progress.advance(kProgressUnits);
    progress.end();
    ATTUNE_TRY(status);
    return import.finish();
}

}  // namespace attune
