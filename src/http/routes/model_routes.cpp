#include <nlohmann/json.hpp>

#include "http/job_json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

json blend_json(const std::vector<SavedComponent>& blend) {
    json weights = json::object();
    for (const SavedComponent& component : blend) weights[component.model] = component.weight;
    return weights;
}

/// A number of the training report, or null where it has none.
json report_value(const json& report, std::initializer_list<const char*> path) {
    const json* at = &report;
    for (const char* name : path) {
        if (!at->is_object() || !at->contains(name)) return nullptr;
        at = &(*at)[name];
    }
    return *at;
}

json version_json(const ModelVersion& version) {
    json body{{"version", version.version},
              {"active", version.active},
              {"size_bytes", version.size_bytes}};
    if (!version.damage.empty()) {
        body["damage"] = version.damage;
        return body;
    }
    body["trained_at"] = format_timestamp(version.trained_at);
    body["as_of"] = format_timestamp(version.as_of);
    body["models"] = version.models;
    body["blend"] = blend_json(version.blend);
    body["cold_blend"] = blend_json(version.cold_blend);
    body["ndcg"] = report_value(version.report, {"blend", "validation_ndcg"});
    body["metric"] = report_value(version.report, {"validation", "metric"});
    body["seconds"] = report_value(version.report, {"seconds"});
    return body;
}

OrProblem<HttpResponse> list_models(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_TRY(call.target.query.only({}));
    json models = json::array();
    json active = nullptr;
    for (const ModelVersion& version : parts.live.models().list()) {
        if (version.active) active = version.version;
        models.push_back(version_json(version));
    }
    return json_response(200, {{"models", std::move(models)}, {"active", std::move(active)}});
}

OrProblem<HttpResponse> get_model(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const ModelVersion version, parts.live.models().get(call.parameter(0)));
    json body = version_json(version);
    body["report"] = version.report;
    return json_response(200, body);
}

OrProblem<HttpResponse> train(const Call& call, ServiceParts& parts) {
    json parameters = json::object();
    if (!call.request.body.empty()) {
        ATTUNE_HTTP_ASSIGN(parameters, read_json_object(call.request));
    }
    for (const auto& [name, value] : parameters.items()) {
        if (name == "models" || name == "tune" || name == "seed") continue;
        return tl::unexpected(
            Problem{422, "invalid_argument", name + ": known are models, tune and seed", name});
    }
    const auto job = parts.jobs.submit("train", parameters, call.principal.key());
    if (!job) return tl::unexpected(in_body(job.error()));
    return json_response(202, {{"job", job_json(*job)}});
}

OrProblem<HttpResponse> activate(const Call& call, ServiceParts& parts) {
    const std::string version = call.parameter(0);
    ATTUNE_HTTP_TRY(parts.live.models().get(version));
    ATTUNE_HTTP_TRY(parts.live.models().activate(version));
    return json_response(
        200, {{"message", "Model " + version + " serves from now on"}, {"version", version}});
}

OrProblem<HttpResponse> remove_model(const Call& call, ServiceParts& parts) {
    const std::string version = call.parameter(0);
    ATTUNE_HTTP_TRY(parts.live.models().get(version));
    ATTUNE_HTTP_TRY(parts.live.models().remove(version));
    return json_response(200, {{"message", "Model deleted successfully"}});
}

}  // namespace

std::vector<Route> model_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/models",
         .scope = Scope::kModelsRead,
         .handler = with(list_models)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/models/{version}",
         .scope = Scope::kModelsRead,
         .handler = with(get_model)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/models/train",
         .scope = Scope::kModelsTrain,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(train)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/models/{version}/activate",
         .scope = Scope::kModelsTrain,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(activate)},
        {.method = HttpMethod::kDelete,
         .pattern = "/api/models/{version}",
         .scope = Scope::kModelsTrain,
         .handler = with(remove_model)},
    };
}

}  // namespace attune
