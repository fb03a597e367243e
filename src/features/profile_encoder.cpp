#include "features/profile_encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/assert.hpp"
#include "features/profile_fields.hpp"

namespace attune {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
// Far inside float, so that sums of squares stay finite.
constexpr double kLargest = 1e15;
constexpr double kHighestScale = 2;
constexpr std::string_view kKind = "kind";

}  // namespace

std::optional<double> ProfileEncoder::number_in(const Field& field, const Customer& customer) {
    std::optional<double> number;
    if (field.origin == Origin::kProfile) {
        number = numeric_profile_field(customer, field.name);
    } else if (const auto found = customer.attributes.find(field.name);
               found != customer.attributes.end()) {
        if (const auto* value = std::get_if<double>(&found->second)) number = *value;
    }
    if (!number || std::isnan(*number)) return std::nullopt;
    if (field.kind == Kind::kLogNumber) number = std::log1p(std::max(*number, 0.0));
    return std::clamp(*number, -kLargest, kLargest);
}

std::optional<std::string_view> ProfileEncoder::word_in(const Field& field,
                                                        const Customer& customer,
                                                        std::string& scratch) {
    std::string_view word;
    if (field.origin == Origin::kProfile) {
        word = text_profile_field(customer, field.name);
    } else if (const auto found = customer.attributes.find(field.name);
               found != customer.attributes.end()) {
        if (const auto* text = std::get_if<std::string>(&found->second)) {
            word = *text;
        } else {
            scratch = format_attribute(found->second);
            word = scratch;
        }
    }
    if (word.empty()) return std::nullopt;
    return word;
}

bool ProfileEncoder::holds(const Field& field, const Customer& customer) {
    const auto category = std::string_view(field.name).substr(kHeldPrefix.size());
    return std::find(customer.held_categories.begin(), customer.held_categories.end(), category) !=
           customer.held_categories.end();
}

bool ProfileEncoder::is_known(const Field& field, const Customer& customer) {
    std::string scratch;
    switch (field.kind) {
        case Kind::kNumber:
        case Kind::kLogNumber:
            return number_in(field, customer).has_value();
        case Kind::kValues:
            return word_in(field, customer, scratch).has_value();
        case Kind::kHeld:
            return holds(field, customer);
    }
    return false;
}

Result<ProfileEncoder> ProfileEncoder::fit(std::span<const Customer> customers,
                                           const ProfileEncoderOptions& options) {
    if (options.max_categories == 0 || options.min_category_count == 0 ||
        !(options.max_deviations > 0)) {
        return fail(ErrorCode::kInvalidArgument,
                    "profile encoder: max_categories, min_category_count and max_deviations must "
                    "be positive");
    }
    ProfileEncoder encoder;
    encoder.fields_ = choose_fields(customers, options);
    encoder.max_deviations_ = options.max_deviations;
    encoder.lay_out_columns();
    encoder.learn_scales(customers);
    return encoder;
}

void ProfileEncoder::lay_out_columns() {
    columns_.clear();
    for (Field& field : fields_) {
        field.first_column = columns_.size();
        if (field.kind != Kind::kValues) {
            columns_.push_back({field.name, field.name});
            continue;
        }
        for (const std::string& value : field.values) {
            columns_.push_back({field.name + "=" + value, field.name});
        }
        if (field.shared_column) columns_.push_back({field.name + " (other)", field.name});
    }
}

void ProfileEncoder::learn_scales(std::span<const Customer> customers) {
    struct Moments {
        double count = 0;
        double mean = 0;
        double squares = 0;
    };
    std::vector<Moments> moments(num_columns());
    std::vector<float> row(num_columns());
    for (const Customer& customer : customers) {
        encode(customer, row);
        for (std::size_t column = 0; column < row.size(); ++column) {
            if (std::isnan(row[column])) continue;
            Moments& at = moments[column];
            at.count += 1;
            const double step = row[column] - at.mean;
            at.mean += step / at.count;
            at.squares += step * (row[column] - at.mean);
        }
    }
    means_.clear();
    scales_.clear();
    for (const Field& field : fields_) {
        double variance = 0;
        for (std::size_t i = 0; i < field.num_columns(); ++i) {
            const Moments& at = moments[field.first_column + i];
            means_.push_back(at.mean);
            variance += at.count > 0 ? at.squares / at.count : 0;
        }
        double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;
        if (!is_number(field.first_column)) scale = std::min(scale, kHighestScale);
        scales_.resize(means_.size(), scale);
    }
}

std::vector<std::size_t> ProfileEncoder::columns_without(
    std::span<const std::string> fields) const {
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        if (std::find(fields.begin(), fields.end(), columns_[column].field) == fields.end()) {
            kept.push_back(column);
        }
    }
    return kept;
}

void ProfileEncoder::encode(const Customer& customer, std::span<float> values) const {
    ATTUNE_ASSERT(values.size() == num_columns());
    std::string scratch;
    for (const Field& field : fields_) {
        const auto row = values.subspan(field.first_column, field.num_columns());
        if (field.kind == Kind::kHeld) {
            row[0] = holds(field, customer) ? 1 : 0;
            continue;
        }
        if (field.kind != Kind::kValues) {
            const auto number = number_in(field, customer);
            row[0] = number ? static_cast<float>(*number) : kMissing;
            continue;
        }
        const auto word = word_in(field, customer, scratch);
        std::fill(row.begin(), row.end(), word ? 0.0F : kMissing);
        if (!word) continue;
        const auto found = std::lower_bound(field.values.begin(), field.values.end(), *word);
        if (found != field.values.end() && *found == *word) {
            row[static_cast<std::size_t>(found - field.values.begin())] = 1;
        } else if (field.shared_column) {
            row.back() = 1;
        }
    }
}

void ProfileEncoder::encode_standardised(const Customer& customer, std::span<float> values) const {
    encode(customer, values);
    for (std::size_t column = 0; column < values.size(); ++column) {
        if (std::isnan(values[column])) {
            values[column] = 0;
            continue;
        }
        double value = (values[column] - means_[column]) * scales_[column];
        if (is_number(column)) value = std::clamp(value, -max_deviations_, max_deviations_);
        values[column] = static_cast<float>(value);
    }
}

bool ProfileEncoder::knows(const Customer& customer) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) {
        return field.name != kKind && is_known(field, customer);
    });
}

const ProfileEncoder::Field& ProfileEncoder::field_of(std::size_t column) const {
    const auto after = std::upper_bound(
        fields_.begin(), fields_.end(), column,
        [](std::size_t at, const Field& field) { return at < field.first_column; });
    return *std::prev(after);
}

bool ProfileEncoder::is_number(std::size_t column) const {
    const Kind kind = field_of(column).kind;
    return kind == Kind::kNumber || kind == Kind::kLogNumber;
}

bool ProfileEncoder::is_value(std::size_t column) const {
    const Field& field = field_of(column);
    return field.kind == Kind::kHeld ||
           (field.kind == Kind::kValues && column - field.first_column < field.values.size());
}

double ProfileEncoder::lift(std::size_t column, double standardised) const {
    if (means_[column] <= 0 || scales_[column] <= 0) return 1;
    return 1 + standardised / scales_[column] / means_[column];
}

std::string_view ProfileEncoder::value_of(std::size_t column) const {
    ATTUNE_ASSERT(is_value(column));
    const Field& field = field_of(column);
    return field.kind == Kind::kHeld ? std::string_view("yes")
                                     : field.values[column - field.first_column];
}

std::string ProfileEncoder::describe(std::size_t column, double standardised) const {
    const Field& field = field_of(column);
    if (field.kind == Kind::kHeld) return "holds " + field.name.substr(kHeldPrefix.size());
    std::string words = field.name;
    std::replace(words.begin(), words.end(), '_', ' ');
    if (field.kind == Kind::kValues) {
        return is_value(column) ? words + " " + field.values[column - field.first_column]
                                : words + " (other)";
    }
    double value = means_[column];
    if (scales_[column] > 0) value += standardised / scales_[column];
    if (field.kind == Kind::kLogNumber) value = std::expm1(value);
    if (std::abs(value) >= 10) return fmt::format("{} {:.0f}", words, value);
    return fmt::format("{} {:.2g}", words, value);
}

}  // namespace attune
