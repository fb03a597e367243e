#include "ingest/record_merge.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "domain/json.hpp"
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

/// Lays what differs in `to` over `target`, by name.
void lay_changes_over(json& target, const json& from, const json& to) {
    std::set<std::string_view> names;
    for (const json* object : {&from, &to}) {
        for (const auto& [name, value] : object->items()) names.insert(name);
    }
    for (const std::string_view name : names) {
        const auto before = from.find(name);
        const auto after = to.find(name);
        const bool same = before != from.end() && after != to.end() && *before == *after;
        if (!same) lay_over(target, to, name);
    }
}

json form_of(const Record& record) {
    return std::visit([](const auto& held) { return to_json(held); }, record);
}

}  // namespace

Result<Record> rebased(const Record& record, const std::optional<Record>& former,
                       const Record& stored) {
    const json from = former ? form_of(*former) : json::object();
    const json to = form_of(record);
    json whole = form_of(stored);
    json parts = json::object();
    for (const std::string_view name : {kAttributes, kEligibility}) {
        json part = part_of(whole, name);
        lay_changes_over(part, part_of(from, name), part_of(to, name));
        if (!part.empty()) parts[std::string(name)] = std::move(part);
    }
    lay_changes_over(whole, from, to);
    for (const std::string_view name : {kAttributes, kEligibility}) lay_over(whole, parts, name);
    return parse_record(kind_of(record), whole);
}

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
