#pragma once

#include <vector>

#include "http/router.hpp"
#include "http/service_parts.hpp"

/// The routes by what they are about. What they take and answer is written down in
/// api/openapi.yaml.
namespace attune {

std::vector<Route> user_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> user_record_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> user_insight_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> product_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> event_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> recommend_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> decision_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> model_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> job_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> transfer_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> setting_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> session_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> account_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> overview_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> stream_routes(ServiceParts& parts, const ServiceLimits& limits);
std::vector<Route> operation_routes(ServiceParts& parts, const ServiceLimits& limits);

/// All of them.
std::vector<Route> all_routes(ServiceParts& parts, const ServiceLimits& limits);

}  // namespace attune
