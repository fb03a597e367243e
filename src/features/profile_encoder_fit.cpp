// What a ProfileEncoder learns of the fields, and how it is kept.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "features/profile_encoder.hpp"
#include "features/profile_fields.hpp"

namespace attune {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_profile_field(std::string_view name) {
    const auto has = [&](std::span<const std::string_view> names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    return has(numeric_profile_fields()) || has(text_profile_fields());
}

/// Names of the attributes, and whether all that is in them is numbers.
std::map<std::string, bool> find_attributes(std::span<const Customer> customers) {
    std::map<std::string, bool> attributes;
    for (const Customer& customer : customers) {
        for (const auto& [name, value] : customer.attributes) {
            // Evidence names fields: a name must not mean two things.
            if (is_profile_field(name) || name.starts_with(kHeldPrefix)) continue;
            const bool number = std::holds_alternative<double>(value);
            const auto [at, added] = attributes.try_emplace(name, number);
            if (!number) at->second = false;
        }
    }
    return attributes;
}

}  // namespace

std::vector<ProfileEncoder::Field> ProfileEncoder::choose_fields(
    std::span<const Customer> customers, const ProfileEncoderOptions& options) {
    std::vector<Field> candidates;
    for (const std::string_view name : numeric_profile_fields()) {
        const Kind kind = name == "age" ? Kind::kNumber : Kind::kLogNumber;
        candidates.push_back({std::string(name), kind, Origin::kProfile, {}, false, 0});
    }
    for (const std::string_view name : text_profile_fields()) {
        candidates.push_back({std::string(name), Kind::kValues, Origin::kProfile, {}, false, 0});
    }
    for (const auto& [name, all_numbers] : find_attributes(customers)) {
        const Kind kind = all_numbers ? Kind::kNumber : Kind::kValues;
        candidates.push_back({name, kind, Origin::kAttribute, {}, false, 0});
    }
    if (options.held == HeldFields::kInclude) {
        std::set<std::string> held;
        for (const Customer& customer : customers) {
            held.insert(customer.held_categories.begin(), customer.held_categories.end());
        }
        for (const std::string& category : held) {
            candidates.push_back(
                {std::string(kHeldPrefix) + category, Kind::kHeld, Origin::kProfile, {}, false, 0});
        }
    }
    std::vector<Field> fields;
    for (Field& field : candidates) {
        if (contains(options.excluded_fields, field.name)) continue;
        if (field.kind == Kind::kValues) {
            choose_values(field, customers, options);
            if (field.values.empty() || (field.name == "kind" && field.values.size() < 2)) continue;
        } else if (std::none_of(customers.begin(), customers.end(), [&](const Customer& customer) {
                       return is_known(field, customer);
                   })) {
            continue;
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

void ProfileEncoder::choose_values(Field& field, std::span<const Customer> customers,
                                   const ProfileEncoderOptions& options) {
    std::unordered_map<std::string, std::size_t> counts;
    std::string scratch;
    for (const Customer& customer : customers) {
        if (const auto word = word_in(field, customer, scratch)) ++counts[std::string(*word)];
    }
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const auto& [value, count] : counts) {
        if (count >= options.min_category_count) ranked.emplace_back(count, value);
    }
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    if (ranked.size() > options.max_categories) ranked.resize(options.max_categories);
    for (auto& [count, value] : ranked) field.values.push_back(std::move(value));
    std::sort(field.values.begin(), field.values.end());
    field.shared_column = counts.size() > field.values.size();
}

void ProfileEncoder::save(BinaryWriter& writer) const {
    writer.number(max_deviations_);
    writer.number<std::uint64_t>(fields_.size());
    for (const Field& field : fields_) {
        writer.text(field.name);
        writer.number(static_cast<std::uint8_t>(field.kind));
        writer.number(static_cast<std::uint8_t>(field.origin));
        writer.texts(field.values);
        writer.number<std::uint8_t>(field.shared_column ? 1 : 0);
    }
    writer.array(means_);
    writer.array(scales_);
}

Result<ProfileEncoder::Field> ProfileEncoder::load_field(BinaryReader& reader) {
    Field field;
    field.name = reader.text();
    const auto kind = reader.number<std::uint8_t>();
    const auto origin = reader.number<std::uint8_t>();
    field.values = reader.texts();
    field.shared_column = reader.number<std::uint8_t>() != 0;
    ATTUNE_TRY(reader.status());
    const bool ascending = std::adjacent_find(field.values.begin(), field.values.end(),
                                              std::greater_equal<>()) == field.values.end();
    if (kind > static_cast<std::uint8_t>(Kind::kHeld) ||
        origin > static_cast<std::uint8_t>(Origin::kAttribute) || !ascending) {
        return fail(ErrorCode::kCorrupt, "profile encoder: field \"{}\" is damaged", field.name);
    }
    field.kind = static_cast<Kind>(kind);
    field.origin = static_cast<Origin>(origin);
    if ((field.kind == Kind::kValues) == field.values.empty() ||
        (field.kind == Kind::kHeld && !field.name.starts_with(kHeldPrefix))) {
        return fail(ErrorCode::kCorrupt, "profile encoder: field \"{}\" is of the wrong kind",
                    field.name);
    }
    return field;
}

Result<ProfileEncoder> ProfileEncoder::load(BinaryReader& reader) {
    ProfileEncoder encoder;
    encoder.max_deviations_ = reader.number<double>();
    const auto num_fields = reader.number<std::uint64_t>();
    for (std::uint64_t i = 0; i < num_fields; ++i) {
        ATTUNE_ASSIGN(Field field, load_field(reader));
        encoder.fields_.push_back(std::move(field));
    }
    encoder.lay_out_columns();
    encoder.means_ = reader.array<double>();
    encoder.scales_ = reader.array<double>();
    ATTUNE_TRY(reader.status());
    const auto usable = [](double value) {
        return std::isfinite(value) && std::abs(value) <= 1e18;
    };
    if (encoder.means_.size() != encoder.num_columns() ||
        encoder.scales_.size() != encoder.num_columns() || !(encoder.max_deviations_ > 0) ||
        !std::all_of(encoder.means_.begin(), encoder.means_.end(), usable) ||
        !std::all_of(encoder.scales_.begin(), encoder.scales_.end(),
                     [&](double scale) { return usable(scale) && scale >= 0; })) {
        return fail(ErrorCode::kCorrupt, "profile encoder: scales do not fit its {} columns",
                    encoder.num_columns());
    }
    return encoder;
}

}  // namespace attune
