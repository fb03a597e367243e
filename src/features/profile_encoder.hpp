#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "domain/customer.hpp"

namespace attune {

/// Whether "held:<CATEGORY>" fields are encoded.
enum class HeldFields { kInclude, kExclude };

struct ProfileEncoderOptions {
    /// Source fields left out: "contact", "age", "held:TERM_DEPOSITS".
    std::vector<std::string> excluded_fields{};
    HeldFields held = HeldFields::kInclude;
    /// Values of one field with a column of their own; the rest share one column. >= 1
    std::size_t max_categories = 20;
    /// Values that fewer customers have than this share the same column. >= 1
    std::size_t min_category_count = 2;
    /// Standardised numbers are cut off here, so that one fortune is no cluster. > 0
    double max_deviations = 3;
};

/// One number of an encoded profile.
struct ProfileColumn {
    std::string name;   ///< "age", "occupation=retired", "held:PERS_LOANS"
    std::string field;  ///< the source: "age", "occupation", an attribute's name, "held:PERS_LOANS"
};

/// Turns profiles into numbers of a fixed meaning, learnt from a set of customers.
///
/// Numbers: age, income, employees, revenue (the last three as ln(1 + x)), attributes that hold
/// numbers. One column per value, rare values pooled: the text fields and the other attributes. One
/// column each: held categories. Fields that nobody has, and `kind` when all are of one, are left
/// out. Immutable.
///
/// @threads  safe to share
class ProfileEncoder {
 public:
    /// @errors kInvalidArgument: an option out of its range
    /// @cost   O(customers x fields)
    static Result<ProfileEncoder> fit(std::span<const Customer> customers,
                                      const ProfileEncoderOptions& options);

    /// @errors kCorrupt
    static Result<ProfileEncoder> load(BinaryReader& reader);
    void save(BinaryWriter& writer) const;

    [[nodiscard]] std::size_t num_columns() const { return columns_.size(); }
    [[nodiscard]] const std::vector<ProfileColumn>& columns() const { return columns_; }
    /// Columns that come from none of the fields, ascending.
    [[nodiscard]] std::vector<std::size_t> columns_without(
        std::span<const std::string> fields) const;

    /// Plain values: numbers as they are (logarithms where said), 1 and 0 for values, NaN in all
    /// columns of a field that is not known. A value never seen gets 1 in the shared column.
    /// @param values  num_columns()
    void encode(const Customer& customer, std::span<float> values) const;

    /// For distances: numbers with mean 0 and deviation 1, cut off at max_deviations; the columns
    /// of one field around their shares, scaled to a total variance of 1, at most doubled, so that
    /// a rare value does not outweigh all else. What is not known is 0.
    /// @param values  num_columns()
    void encode_standardised(const Customer& customer, std::span<float> values) const;

    /// Whether any encoded field but the kind is known of the customer. Held categories count when
    /// there are any.
    [[nodiscard]] bool knows(const Customer& customer) const;

    /// What a standardised number of a column means, for people: "age 62", "occupation retired",
    /// "default yes", "holds PERS_LOANS".
    [[nodiscard]] std::string describe(std::size_t column, double standardised) const;
    /// How much more often customers around a standardised number of a column have its value than
    /// all customers. @pre is_value(column)
    [[nodiscard]] double lift(std::size_t column, double standardised) const;
    /// The named value of a column: "retired". @pre is_value(column)
    [[nodiscard]] std::string_view value_of(std::size_t column) const;
    /// Whether a column says that a field has one named value (not a number, not the shared one).
    [[nodiscard]] bool is_value(std::size_t column) const;
    [[nodiscard]] bool is_number(std::size_t column) const;

 private:
    enum class Kind : std::uint8_t { kNumber, kLogNumber, kValues, kHeld };
    enum class Origin : std::uint8_t { kProfile, kAttribute };

    struct Field {
        std::string name;
        Kind kind = Kind::kNumber;
        Origin origin = Origin::kProfile;
        std::vector<std::string> values;  ///< ascending, for kValues
        bool shared_column = false;       ///< pooled values were seen
        std::size_t first_column = 0;

        [[nodiscard]] std::size_t num_columns() const {
            return kind == Kind::kValues ? values.size() + (shared_column ? 1 : 0) : 1;
        }
    };

    ProfileEncoder() = default;
    void lay_out_columns();
    void learn_scales(std::span<const Customer> customers);
    static std::vector<Field> choose_fields(std::span<const Customer> customers,
                                            const ProfileEncoderOptions& options);
    static void choose_values(Field& field, std::span<const Customer> customers,
                              const ProfileEncoderOptions& options);
    static std::optional<double> number_in(const Field& field, const Customer& customer);
    static std::optional<std::string_view> word_in(const Field& field, const Customer& customer,
                                                   std::string& scratch);
    static bool holds(const Field& field, const Customer& customer);
    static bool is_known(const Field& field, const Customer& customer);
    [[nodiscard]] const Field& field_of(std::size_t column) const;
    static Result<Field> load_field(BinaryReader& reader);

    std::vector<Field> fields_;
    std::vector<ProfileColumn> columns_;
    std::vector<double> means_;   ///< per column
    std::vector<double> scales_;  ///< per column
    double max_deviations_ = 3;
};

}  // namespace attune
