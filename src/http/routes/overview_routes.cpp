#include <nlohmann/json.hpp>

#include "http/job_json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"
#include "serving/overview.hpp"

namespace attune {

std::vector<Route> overview_routes(ServiceParts& parts, const ServiceLimits&) {
    return {{.method = HttpMethod::kGet,
             .pattern = "/api/overview",
             .scope = Scope::kModelsRead,
             .handler = [&parts](const Call& call) -> OrProblem<HttpResponse> {
                 ATTUNE_HTTP_TRY(call.target.query.only({}));
                 ATTUNE_HTTP_ASSIGN(nlohmann::json body, overview(parts.live, parts.clock.now()));
                 body["jobs"] = nlohmann::json::array();
                 for (const Job& job : parts.jobs.active()) body["jobs"].push_back(job_json(job));
                 return json_response(200, body);
             }}};
}

}  // namespace attune
