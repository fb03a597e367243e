#include "http/routes/recommend_request.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "domain/records.hpp"
#include "http/paging.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostItems = 1'000;
constexpr std::size_t kMostNames = 1'000;  // of categories, of brands and of products to leave out

Problem bad_field(const std::string& field, const std::string& what) {
    return {422, "invalid_argument", field + ": " + what, field};
}

/// "subject:factor"; the last colon divides them, for ids may have others.
OrProblem<Boost> parse_boost(const std::string& text) {
    const auto colon = text.rfind(':');
    char* end = nullptr;
    const std::string number = colon == std::string::npos ? "" : text.substr(colon + 1);
    const double factor = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != '\0' || !std::isfinite(factor)) {
        return tl::unexpected(
            Problem{400, "invalid_argument",
                    fmt::format("boost: '{}' is not of the form product_or_category:factor", text),
                    "boost"});
    }
    return Boost{text.substr(0, colon), factor};
}

/// In order, for requests that mean the same to be the same.
std::vector<std::string> each_once(std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

/// Refuses boosts that do not go together, under the name that they have in the request.
OrProblem<bool> check_boosts(const std::vector<Boost>& boosts, const std::string& field) {
    const Status valid = validate(boosts);
    if (valid) return true;
    Problem problem = in_body(valid.error());
    problem.field = field;
    return tl::unexpected(std::move(problem));
}

OrProblem<std::vector<std::string>> texts(const std::string& name, const json& value) {
    std::vector<std::string> list;
    if (!value.is_array()) return tl::unexpected(bad_field(name, "must be a list of texts"));
    if (value.size() > kMostNames) {
        return tl::unexpected(bad_field(name, fmt::format("may have {} entries", kMostNames)));
    }
    for (const json& text : value) {
        if (!text.is_string()) return tl::unexpected(bad_field(name, "must be a list of texts"));
        list.push_back(text.get<std::string>());
    }
    return each_once(std::move(list));
}

/// Those of a query. Problem: 400.
OrProblem<std::vector<std::string>> texts(const std::string& name, const QueryParameters& query) {
    std::vector<std::string> list = query.all(name);
    if (list.size() <= kMostNames) return each_once(std::move(list));
    Problem problem = bad_field(name, fmt::format("may be given {} times", kMostNames));
    problem.status = 400;
    return tl::unexpected(std::move(problem));
}

OrProblem<std::vector<Boost>> boosts(const json& value) {
    std::vector<Boost> list;
    if (!value.is_object()) {
        return tl::unexpected(bad_field("boosts", "must be an object of factors"));
    }
    for (const auto& [subject, factor] : value.items()) {
        if (!factor.is_number()) {
            return tl::unexpected(bad_field("boosts." + subject, "must be a number"));
        }
        list.push_back({subject, factor.get<double>()});
    }
    ATTUNE_HTTP_TRY(check_boosts(list, "boosts"));
    return list;
}

OrProblem<bool> read_field(const std::string& name, const json& value, RecommendRequest& request) {
    if (name == "user_id" || name == "purpose") {
        if (!value.is_string()) return tl::unexpected(bad_field(name, "must be a text"));
        (name == "user_id" ? request.customer_id : request.purpose) = value.get<std::string>();
    } else if (name == "n") {
        const bool fits = value.is_number_integer() && value.get<std::int64_t>() >= 1 &&
                          value.get<std::int64_t>() <= kMostItems;
        if (!fits) return tl::unexpected(bad_field(name, "must be a whole number from 1 to 1000"));
        request.num_items = value.get<std::size_t>();
    } else if (name == "explain") {
        if (!value.is_boolean()) return tl::unexpected(bad_field(name, "must be true or false"));
        request.explain = value.get<bool>() ? Explain::kYes : Explain::kNo;
    } else if (name == "categories") {
        ATTUNE_HTTP_ASSIGN(request.filter.categories, texts(name, value));
    } else if (name == "brands") {
        ATTUNE_HTTP_ASSIGN(request.filter.brands, texts(name, value));
    } else if (name == "exclude") {
        ATTUNE_HTTP_ASSIGN(request.filter.excluded_ids, texts(name, value));
    } else if (name == "boosts") {
        ATTUNE_HTTP_ASSIGN(request.filter.boosts, boosts(value));
    } else {
        return tl::unexpected(
            bad_field(name,
                      "no such field here; known are user_id, n, purpose, categories, "
                      "brands, exclude, boosts and explain"));
    }
    return true;
}

}  // namespace

OrProblem<RecommendRequest> recommend_request(const QueryParameters& query,
                                              std::string customer_id) {
    RecommendRequest request;
    request.customer_id = std::move(customer_id);
    ATTUNE_HTTP_ASSIGN(const std::int64_t n, query.integer("n", 0, 1, kMostItems));
    request.num_items = static_cast<std::size_t>(n);
    request.purpose = query.get("purpose").value_or(kPersonalizationPurpose);
    ATTUNE_HTTP_ASSIGN(request.filter.categories, texts("category", query));
    ATTUNE_HTTP_ASSIGN(request.filter.brands, texts("brand", query));
    ATTUNE_HTTP_ASSIGN(request.filter.excluded_ids, texts("exclude", query));
    for (const std::string& text : query.all("boost")) {
        ATTUNE_HTTP_ASSIGN(Boost boost, parse_boost(text));
        request.filter.boosts.push_back(std::move(boost));
    }
    ATTUNE_HTTP_TRY(check_boosts(request.filter.boosts, "boost"));
    ATTUNE_HTTP_ASSIGN(const bool explain, query.boolean("explain", false));
    request.explain = explain ? Explain::kYes : Explain::kNo;
    return request;
}

OrProblem<RecommendRequest> recommend_request(const json& body) {
    RecommendRequest request;
    for (const auto& [name, value] : body.items()) {
        ATTUNE_HTTP_TRY(read_field(name, value, request));
    }
    return request;
}

}  // namespace attune
