#include "serving/what_if.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "serving/customer_service.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// The customer with the changes, as the models would see them.
Result<CustomerInput> changed_input(const CustomerInput& customer, const ServingModel& model,
                                    const json& merge_patch, const std::vector<Event>& events) {
    CustomerInput changed = customer;
    if (merge_patch.is_object() && !merge_patch.empty()) {
        ATTUNE_ASSIGN(Customer profile, CustomerService::patched(*customer.profile, merge_patch));
        changed.profile = std::make_shared<const Customer>(std::move(profile));
    } else if (!merge_patch.is_null() && !merge_patch.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "changes: must be a JSON object");
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto interaction =
            to_interaction(events[i], model.catalogue(), model.snapshot().event_weights);
        if (!interaction) {
            return fail(ErrorCode::kInvalidArgument, "events[{}].product_id: no product '{}'", i,
                        events[i].product_id);
        }
        changed.history.push_back(*interaction);
    }
    std::stable_sort(changed.history.begin(), changed.history.end(),
                     [](const Interaction& a, const Interaction& b) { return a.time < b.time; });
    if (!changed.history.empty()) {
        changed.decay_from = std::max(changed.decay_from, changed.history.back().time);
    }
    return changed;
}

std::vector<WhatIf::Change> changes_between(const std::vector<ListedItem>& before,
                                            const std::vector<ListedItem>& after) {
    std::vector<WhatIf::Change> changes;
    std::map<std::string_view, std::size_t> places;
    const auto change_of = [&](const ListedItem& item) -> WhatIf::Change& {
        const auto [found, inserted] = places.try_emplace(item.product_id, changes.size());
        if (inserted) changes.push_back({item.product_id, item.name, {}, {}, {}, {}});
        return changes[found->second];
    };
    for (std::size_t i = 0; i < after.size(); ++i) {
        WhatIf::Change& change = change_of(after[i]);
        change.after_position = i + 1;
        change.after_score = after[i].score;
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
        WhatIf::Change& change = change_of(before[i]);
        change.before_position = i + 1;
        change.before_score = before[i].score;
    }
    return changes;
}

template <typename T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

}  // namespace

Result<WhatIf> what_if(const LiveRecommender& recommender, const RecommendRequest& request,
                       const json& merge_patch, const std::vector<Event>& events) {
    ATTUNE_ASSIGN(const auto model, recommender.model());
    const Timestamp now = recommender.now();
    ATTUNE_ASSIGN(const CustomerInput customer,
                  recommender.input_of(request.customer_id, *model, now));
    if (!customer.record) {
        return fail(ErrorCode::kNotFound, "there is no customer '{}'", request.customer_id);
    }
    ATTUNE_TRY(check_purpose(request.purpose, customer, now));
    ATTUNE_ASSIGN(const CustomerInput changed,
                  changed_input(customer, *model, merge_patch, events));
    WhatIf result;
    ATTUNE_ASSIGN(result.before, make_answer(request, {*model, customer, now}, nullptr));
    ATTUNE_ASSIGN(result.after, make_answer(request, {*model, changed, now}, nullptr));
    result.changes = changes_between(result.before->items, result.after->items);
    return result;
}

json to_json(const WhatIf& what_if) {
    json changes = json::array();
    for (const WhatIf::Change& change : what_if.changes) {
        changes.push_back({{"product_id", change.product_id},
                           {"name", change.name},
                           {"before_position", or_null(change.before_position)},
                           {"after_position", or_null(change.after_position)},
                           {"before_score", or_null(change.before_score)},
                           {"after_score", or_null(change.after_score)}});
    }
    return {{"before", json::parse(what_if.before->items_json)},
            {"after", json::parse(what_if.after->items_json)},
            {"changes", std::move(changes)}};
}

}  // namespace attune
