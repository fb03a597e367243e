#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/hash_counter.hpp"
#include "ingest/mapping.hpp"
#include "ingest/record_kind.hpp"
#include "ingest/value_reader.hpp"

namespace attune {

/// Makes the records of one row at a time by the rules of a mapping.
class RecordBuilder {
 public:
    /// @lifetime  borrows the mapping
    explicit RecordBuilder(const Mapping& mapping);

    /// All records of the row, in the order of the rules, valid and with their ids.
    /// @param row  ordinal of the row, counting from 1
    Checked<std::vector<Record>> build(const RowValues& values, std::uint64_t row);

    /// What was left out of the records of the last row; the builder's until the next call.
    [[nodiscard]] std::vector<Issue>& warnings() { return warnings_; }

    /// About the record at `index` of the last row:
    /// the fields that the row gave it, by the names of fields_of and record_columns;
    [[nodiscard]] std::vector<std::string_view> given(std::size_t index) const;
    /// a hash of all that the row says of it (customers and products only);
    [[nodiscard]] const Hash128& content(std::size_t index) const { return made_[index].content; }
    /// what names the field in messages, such as its column.
    [[nodiscard]] std::string_view label(std::size_t index, std::string_view field) const;

 private:
    /// A record without its id, which depends on a hash of the other values.
    struct Draft {
        Record record;
        const FieldRule* hashed_id = nullptr;
        std::string canonical;
        std::string more;         ///< what else belongs to the content of a customer or product
        std::uint64_t given = 0;  ///< one bit a field
    };
    struct Made {
        const RecordRule* rule = nullptr;
        std::uint64_t given = 0;
        Hash128 content{};
    };

    template <typename T>
    Checked<Draft> draft(const RecordRule& rule, const RowValues& values, std::uint64_t row);
    Checked<Draft> draft_of_kind(const RecordRule& rule, const RowValues& values,
                                 std::uint64_t row);
    template <typename T>
    Checked<std::optional<FieldValue>> set(T& target, const FieldRule& rule,
                                           const RowValues& values, std::uint64_t row);
    template <typename T>
    tl::expected<void, Issue> add_attributes(T& target, const RecordRule& rule,
                                             const RowValues& values, std::uint64_t row,
                                             std::string& content);
    tl::expected<void, Issue> add_lists(Product& product, const RecordRule& rule,
                                        const RowValues& values, std::uint64_t row);
    template <typename Part>
    tl::expected<void, Issue> add_parts(std::vector<Part>& parts, const ListRule& rule,
                                        RowValues& elements, const RowValues& values,
                                        std::uint64_t row);
    tl::expected<void, Issue> complete(Draft& draft, const RowValues& values, std::uint64_t row);

    const Mapping& mapping_;
    ValueReader reader_;
    HashCounter occurrences_;
    std::vector<std::vector<RowValues>> elements_;  ///< by record rule and list
    std::vector<Issue> warnings_;
    std::vector<Made> made_;
};

}  // namespace attune
