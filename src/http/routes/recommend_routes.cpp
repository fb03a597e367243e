#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/recommend_request.hpp"
#include "http/routes/routes.hpp"
#include "serving/answer_json.hpp"
#include "serving/recommend_list.hpp"

namespace attune {
namespace {

using nlohmann::json;

HttpResponse text_response(const fmt::memory_buffer& buffer) {
    HttpResponse response;
    response.body.assign(buffer.data(), buffer.size());
    return response;
}

OrProblem<HttpResponse> answer_one(const Call& call, ServiceParts& parts,
                                   const RecommendRequest& request) {
    ATTUNE_HTTP_TRY(visible_customer(call, request.customer_id));
    ATTUNE_HTTP_ASSIGN(const Answer answer, parts.live.recommender().recommend(request));
    fmt::memory_buffer buffer;
    append_answer(answer, buffer);
    return text_response(buffer);
}

/// The lists of a page of customers, of those whom the caller may see.
OrProblem<HttpResponse> answer_all(const Call& call, ServiceParts& parts,
                                   const ServiceLimits& limits, const RecommendRequest& request) {
    ATTUNE_HTTP_ASSIGN(const std::size_t limit, page_limit(call.target.query, limits));
    ATTUNE_HTTP_ASSIGN(const auto after, sort_cursor(call.target.query));
    CustomerQuery query;
    query.limit = limit;
    query.after = after;
    if (!call.principal.sees_all_customers()) query.assigned_to = call.principal.name;
    ATTUNE_HTTP_ASSIGN(const auto customers, parts.records.customers(query));
    fmt::memory_buffer buffer;
    fmt::format_to(std::back_inserter(buffer), "{{\"recommendations\":[");
    std::size_t num_lists = 0;
    std::size_t num_refused = 0;
    for (const Customer& customer : customers.page.records) {
        RecommendRequest of_customer = request;
        of_customer.customer_id = customer.id;
        const auto answer = parts.live.recommender().recommend(of_customer);
        if (!answer && answer.error().code == ErrorCode::kForbidden) {
            ++num_refused;
            continue;
        }
        if (!answer) return tl::unexpected(Problem::of(answer.error()));
        if (num_lists++ > 0) buffer.push_back(',');
        append_answer_in_list(*answer, buffer);
    }
    const std::string next =
        customers.page.next ? "\"" + to_cursor(*customers.page.next) + "\"" : std::string("null");
    fmt::format_to(std::back_inserter(buffer),
                   "],\"message\":\"Recommendations for {} customers\",\"num_refused\":{},"
                   "\"next_cursor\":{}}}",
                   num_lists, num_refused, next);
    return text_response(buffer);
}

OrProblem<HttpResponse> get_recommend(const Call& call, ServiceParts& parts,
                                      const ServiceLimits& limits) {
    const QueryParameters& query = call.target.query;
    ATTUNE_HTTP_TRY(query.only({"user_id", "n", "purpose", "category", "brand", "exclude", "boost",
                                "explain", "limit", "cursor"}));
    const auto id = query.get("user_id");
    ATTUNE_HTTP_ASSIGN(const RecommendRequest request,
                       recommend_request(query, std::string(id.value_or(""))));
    if (id) return answer_one(call, parts, request);
    return answer_all(call, parts, limits, request);
}

OrProblem<HttpResponse> post_recommend(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    ATTUNE_HTTP_ASSIGN(const RecommendRequest request, recommend_request(body));
    if (request.customer_id.empty()) {
        return tl::unexpected(
            Problem{422, "invalid_argument", "user_id: whom to recommend to", "user_id"});
    }
    return answer_one(call, parts, request);
}

}  // namespace

std::vector<Route> recommend_routes(ServiceParts& parts, const ServiceLimits& limits) {
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/recommend",
         .scope = Scope::kRecommend,
         .execution = Execution::kInline,
         .inline_with = "user_id",
         .handler = [&parts,
                     limits](const Call& call) { return get_recommend(call, parts, limits); }},
        {.method = HttpMethod::kPost,
         .pattern = "/api/recommend",
         .scope = Scope::kRecommend,
         .execution = Execution::kInline,
         .max_body_bytes = limits.max_json_bytes,
         .handler = [&parts](const Call& call) { return post_recommend(call, parts); }},
    };
}

}  // namespace attune
