#include "ingest/record_merge.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ingest/record_table.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::string_view kAttributes = "attributes";
constexpr std::string_view kEligibility = "eligibility";

json part_of(const json& object, std::string_view name) {
    const auto found = object.find(name);
    return found == object.end() ? json::object() : *found;
}

void lay_over(json& target, const json& update, std::string_view name) {
    const auto found = update.find(name);
    if (found == update.end())
        target.erase(std::string(name));
    else
        target[std::string(name)] = *found;
}

}  // namespace

void merge_fields(RecordKind kind, json& stored, const json& update,
                  std::span<const std::string_view> given) {
    const std::vector<std::string>& columns = record_columns(kind);
    for (const std::string_view name : given) {
        if (name == kAttributes) {
            json attributes = part_of(stored, name);
            if (const json more = part_of(update, name); more.is_object()) attributes.update(more);
            stored[std::string(name)] = std::move(attributes);
        } else if (std::find(columns.begin(), columns.end(), name) != columns.end()) {
            lay_over(stored, update, name);
        } else {
            json rules = part_of(stored, kEligibility);
            lay_over(rules, part_of(update, kEligibility), name);
            stored[std::string(kEligibility)] = std::move(rules);
        }
    }
}

}  // namespace attune
