#include <iterator>

#include "http/routes/routes.hpp"

namespace attune {

std::vector<Route> all_routes(ServiceParts& parts, const ServiceLimits& limits) {
    std::vector<Route> all;
    for (const auto make : {user_routes, user_record_routes, user_insight_routes, product_routes,
                            event_routes, recommend_routes, decision_routes, model_routes,
                            job_routes, transfer_routes, setting_routes, session_routes,
                            account_routes, overview_routes, stream_routes, operation_routes}) {
        std::vector<Route> some = make(parts, limits);
        all.insert(all.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return all;
}

}  // namespace attune
