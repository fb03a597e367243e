#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

json setting_json(const SettingState& setting) {
    json body{{"key", setting.key},    {"value", setting.value}, {"default", setting.default_value},
              {"help", setting.help},  {"type", setting.type},   {"editable", setting.editable},
              {"minimum", nullptr},    {"maximum", nullptr},     {"changed_at", nullptr},
              {"changed_by", nullptr}, {"left_out", nullptr}};
    if (setting.minimum) body["minimum"] = *setting.minimum;
    if (setting.maximum) body["maximum"] = *setting.maximum;
    if (setting.changed_at) {
        body["changed_at"] = format_timestamp(*setting.changed_at);
        body["changed_by"] = setting.changed_by;
    }
    if (setting.left_out) {
        body["left_out"] = {{"value", setting.left_out->value},
                            {"reason", setting.left_out->reason}};
    }
    return body;
}

HttpResponse all_settings(const ServiceParts& parts) {
    json settings = json::array();
    for (const SettingState& setting : parts.live.settings().list()) {
        settings.push_back(setting_json(setting));
    }
    return json_response(200, {{"settings", std::move(settings)}});
}

OrProblem<HttpResponse> list_settings(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_TRY(call.target.query.only({}));
    return all_settings(parts);
}

OrProblem<HttpResponse> change_settings(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json patch,
                       read_json_object(call.request, "application/merge-patch+json"));
    const auto precondition = [&] {
        return check_if_match(call.request, etag_of(all_settings(parts).body), "the settings");
    };
    const Status changed = parts.live.settings().change(patch, call.principal.key(), precondition);
    if (!changed) return tl::unexpected(change_problem(changed.error()));
    json settings = json::array();
    for (const SettingState& setting : parts.live.settings().list()) {
        if (patch.contains(setting.key)) settings.push_back(setting_json(setting));
    }
    return json_response(
        200, {{"message", "Settings updated successfully"}, {"settings", std::move(settings)}});
}

}  // namespace

std::vector<Route> setting_routes(ServiceParts& parts, const ServiceLimits& limits) {
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/settings",
         .scope = Scope::kSettingsRead,
         .handler = [&parts](const Call& call) { return list_settings(call, parts); }},
        {.method = HttpMethod::kPatch,
         .pattern = "/api/settings",
         .scope = Scope::kSettingsWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = [&parts](const Call& call) { return change_settings(call, parts); }},
    };
}

}  // namespace attune
