#include "serving/event_service.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "domain/limits.hpp"

namespace attune {

Result<Event> event_input_from_json(const nlohmann::json& document, Timestamp now) {
    if (!document.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "an event must be a JSON object");
    }
    const bool has_id = document.contains("id");
    if (has_id && document.contains("time")) return event_from_json(document);
    nlohmann::json complete = document;
    if (!has_id) complete["id"] = "-";
    if (!complete.contains("time")) complete["time"] = format_timestamp(now);
    auto event = event_from_json(complete);
    if (event && !has_id) event->id.clear();
    return event;
}

Result<Event> feedback_event(const std::string& decision_id, const std::string& customer_id,
                             const std::string& product_id, const std::string& action) {
    constexpr std::array<std::pair<std::string_view, EventType>, 4> kActions{
        {{"accept", EventType::kPurchase},
         {"click", EventType::kView},
         {"like", EventType::kLike},
         {"dismiss", EventType::kDismiss}}};
    const auto found = std::find_if(kActions.begin(), kActions.end(),
                                    [&](const auto& known) { return known.first == action; });
    if (found == kActions.end()) {
        return fail(ErrorCode::kInvalidArgument,
                    "action: '{}' is not accept, click, like or dismiss", action.substr(0, 64));
    }
    Event event;
    event.customer_id = customer_id;
    event.product_id = product_id;
    event.type = found->second;
    if (!decision_id.empty()) {
        ATTUNE_TRY(validate_id("decision_id", decision_id));
        event.context = std::string(kDecisionContext) + decision_id;
    }
    return event;
}

}  // namespace attune
