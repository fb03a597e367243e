#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "ingest/hash_counter.hpp"
#include "ingest/record_builder.hpp"
#include "ingest/record_sink.hpp"
#include "ingest/record_table.hpp"

namespace attune {

/// Makes the records of a row that can go to the sink as they are: valid, merged with what is
/// there of the same customers and products, and referring to nothing that is not there.
class RowRecords {
 public:
    /// @param header       of a table; empty for documents
    /// @param latest_time  of events, transactions and posts; none: any
    /// @lifetime           borrows mapping and sink
    /// @errors             kInvalidArgument: a column that Attune's own form does not have
    static Result<RowRecords> create(const Mapping& mapping, const std::vector<std::string>& header,
                                     RecordSink& sink, std::optional<Timestamp> latest_time);

    /// Takes the next row: its records are then in `records`. What is wrong with it is returned
    /// (without the number of the row), and leaves no trace.
    /// @param number  ordinal of the row, counting from 1
    /// @errors        those of the sink
    Result<std::optional<Issue>> take(const Row& row, const RowValues& values,
                                      std::uint64_t number);

    [[nodiscard]] std::vector<Record>& records() { return records_; }
    /// Parts of the row that were left out.
    [[nodiscard]] std::vector<Issue>& warnings() { return builder_.warnings(); }

    /// Distinct ones that the rows taken name.
    [[nodiscard]] std::uint64_t num_customers() const { return customers_.size(); }
    [[nodiscard]] std::uint64_t num_products() const { return products_.size(); }

 private:
    RowRecords(const Mapping& mapping, RecordSink& sink, std::optional<Timestamp> latest_time)
        : mapping_(mapping), sink_(sink), latest_time_(latest_time), builder_(mapping) {}

    using Found = Result<std::optional<Issue>>;
    Found read_native(const Row& row);
    Found merge(Record& record, std::size_t index);
    std::optional<Issue> check_time(std::size_t index) const;
    Found check_references(std::size_t index);
    [[nodiscard]] std::string label(std::size_t index, std::string_view field) const;
    Result<bool> is_known(RecordKind kind, const std::string& id);
    void drop_repeated();
    HashCounter& named(RecordKind kind);

    struct Name {
        RecordKind kind;
        Hash128 hash;
    };

    const Mapping& mapping_;
    RecordSink& sink_;
    std::optional<Timestamp> latest_time_;
    std::optional<RecordHeader> header_;  ///< of tables in Attune's own form
    RecordBuilder builder_;
    std::vector<Record> records_;
    std::vector<Name> new_names_;  ///< that the row is the first to name
    HashCounter customers_;        ///< that the rows taken name, so that they are there
    HashCounter products_;
    HashCounter given_;     ///< customers and products that the sink has from this file
    HashCounter contents_;  ///< and what their first rows said
};

}  // namespace attune
