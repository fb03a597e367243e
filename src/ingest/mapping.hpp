#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ingest/record_fields.hpp"
#include "ingest/record_kind.hpp"
#include "ingest/row_reader.hpp"

/// How a file of a foreign layout becomes records. docs/mappings.md describes the TOML form.
namespace attune {

/// Position of a column (or, in JSON documents, of a path of keys) in `Mapping::columns`.
using ColumnSlot = std::size_t;

/// All conditions that are set must hold. Numeric ones do not hold for what is not a number.
struct RowCondition {
    ColumnSlot column = 0;
    std::optional<bool> missing{};      ///< the cell is empty, or is not
    std::vector<std::string> equals{};  ///< one of these texts; empty: any
    std::string starts_with{};
    std::optional<double> below{};
    std::optional<double> at_most{};
    std::optional<double> at_least{};
    std::optional<double> above{};
};

/// Rows for which the condition holds are not accepted, which is no error. They are counted under
/// the name over all rows, so one row can count under several names.
struct SkipRule {
    std::string name;
    bool in_summary = true;  ///< whether the summary of an import names it; reports always do
    RowCondition when;
};

enum class Transform { kLower, kUpper, kWholeNumber };

/// A piece of a template: a text, a column, the row's number or the record's hash.
struct TemplatePart {
    enum class Kind { kText, kColumn, kRow, kHash };
    Kind kind = Kind::kText;
    std::string text{};
    ColumnSlot column = 0;
    std::size_t width = 0;  ///< of row numbers, filled up with zeros
};

/// Where one value comes from and how it is read.
struct ValueRule {
    enum class Source { kColumn, kConstant, kTemplate, kJoin };
    Source source = Source::kColumn;
    ColumnSlot column = 0;
    std::string constant;
    std::vector<TemplatePart> parts;  ///< kTemplate; missing when one of its columns is
    std::vector<ColumnSlot> joined;   ///< kJoin: those that are there, with `separator` between
    std::string label;                ///< names the value in messages

    std::vector<std::string> missing;                        ///< texts that stand for nothing
    std::vector<Transform> transforms;                       ///< applied in order
    std::map<std::string, std::string, std::less<>> values;  ///< replaces whole texts
    std::optional<std::string> default_value;                ///< taken when missing

    FieldType type = FieldType::kText;
    bool required = false;
    std::optional<double> minimum;              ///< inclusive
    std::optional<double> maximum;              ///< inclusive
    std::string currency;                       ///< of amounts
    std::optional<ColumnSlot> currency_column;  ///< instead, where it holds a currency
    std::string format;           ///< of times, such as DD/MM/YYYY hh:mm; empty: ISO forms
    std::string separator = ";";  ///< of lists, and between joined texts
    bool decimal_comma = false;   ///< 1.234,56
};

struct FieldRule {
    std::size_t field = 0;  ///< position in fields_of(...)
    ValueRule value;
};

struct AttributeRule {
    std::string name;
    ValueRule value;  ///< text, number or boolean
};

/// Adds a constant to a list field where the condition holds.
struct AdditionRule {
    std::size_t field = 0;
    std::string value;
    RowCondition when;
};

/// Features, fees or rates of a product, out of a list of objects in a document.
struct ListRule {
    enum class OnBadElement { kRefuseRow, kDropElement };
    FieldOwner owner = FieldOwner::kFeature;
    ColumnSlot each = 0;               ///< where the list stands
    std::vector<std::string> columns;  ///< paths within an element; the slots of `fields`
    std::vector<FieldRule> fields;
    OnBadElement on_bad_element = OnBadElement::kRefuseRow;
};

/// Reads what the declarative rules cannot say.
enum class BuiltinRule { kCdrEligibility };

struct RecordRule {
    RecordKind kind = RecordKind::kCustomer;
    std::optional<RowCondition> when;  ///< rows that make this record; none: all
    std::vector<FieldRule> fields;     ///< in the order of fields_of(...)
    std::vector<AttributeRule> attributes;
    std::vector<AdditionRule> additions;
    std::vector<ListRule> lists;
    std::vector<BuiltinRule> builtins;
};

struct Mapping {
    enum class OnDuplicate { kKeep, kSkip };

    std::string name;
    std::string title;
    ReaderOptions source;                           ///< for open_rows
    std::vector<std::string> column_names;          ///< of files without a header
    OnDuplicate on_duplicate = OnDuplicate::kKeep;  ///< rows equal to an earlier one in all columns
    std::optional<RecordKind> native;  ///< the rows are in Attune's own form; the rest stays empty

    std::vector<std::string> columns;  ///< names that the slots of the rules stand for
    std::vector<std::string> missing;  ///< texts that stand for nothing in every column
    std::vector<SkipRule> skips;
    std::vector<RecordRule> records;
};

/// @errors kNotFound; kInvalidArgument: TOML syntax, an unknown key, a value that does not fit; the
///         message names file, line and key and says what is right
Result<Mapping> load_mapping(const std::filesystem::path& file);

/// For files that Attune wrote itself, of one kind of record each.
Mapping native_mapping(RecordKind kind);

/// `name` is a path ("x/y.toml"), "native-<kind of record>", or the name of a file in one of the
/// folders: "online-retail" is <folder>/online-retail.toml.
/// @errors kNotFound lists the mappings that are there; and those of load_mapping
Result<Mapping> find_mapping(std::string_view name, std::span<const std::filesystem::path> folders);

}  // namespace attune
