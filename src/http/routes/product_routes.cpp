#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

OrProblem<ProductSort> parse_sort(std::string_view name) {
    if (name == "id") return ProductSort::kId;
    if (name == "name") return ProductSort::kName;
    if (name == "category") return ProductSort::kCategory;
    if (name == "brand") return ProductSort::kBrand;
    return tl::unexpected(
        Problem{400, "invalid_argument",
                "sort: must be id, name, category or brand, with - for descending", "sort"});
}

OrProblem<ProductQuery> read_query(const QueryParameters& given, const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(given.only({"limit", "cursor", "q", "category", "brand", "available", "sort"}));
    ProductQuery query;
    ATTUNE_HTTP_ASSIGN(query.limit, page_limit(given, limits));
    ATTUNE_HTTP_ASSIGN(query.after, sort_cursor(given));
    query.text = given.get("q").value_or("");
    if (const auto category = given.get("category")) query.category = *category;
    if (const auto brand = given.get("brand")) query.brand = *brand;
    if (given.get("available")) {
        ATTUNE_HTTP_ASSIGN(query.available, given.boolean("available", true));
    }
    std::string_view sort = given.get("sort").value_or("id");
    if (sort.starts_with('-')) {
        query.order = SortOrder::kDescending;
        sort.remove_prefix(1);
    }
    ATTUNE_HTTP_ASSIGN(query.sort, parse_sort(sort));
    return query;
}

ProductCheck precondition(const Call& call) {
    return [&request = call.request](const Product& stored) -> Status {
        return check_if_match(request, etag_of(json_response(200, to_json(stored)).body),
                              "the product");
    };
}

OrProblem<Product> read_product(const Call& call, const std::optional<std::string>& id) {
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    if (id && !body.contains("id")) body["id"] = *id;
    auto product = product_from_json(body);
    if (!product) return tl::unexpected(in_body(product.error()));
    if (id && product->id != *id) {
        return tl::unexpected(
            Problem{422, "invalid_argument", "id: must be that of the path, or left out", "id"});
    }
    return std::move(*product);
}

json names_of(const std::vector<ProductFacet>& facets) {
    json names = json::array();
    for (const ProductFacet& facet : facets) names.push_back(facet.value);
    return names;
}

OrProblem<HttpResponse> list_products(const Call& call, ServiceParts& parts,
                                      const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const ProductQuery query, read_query(call.target.query, limits));
    ATTUNE_HTTP_ASSIGN(const auto found, parts.records.products(query));
    json products = json::array();
    for (const Product& product : found.page.records) products.push_back(to_json(product));
    json body{{"products", std::move(products)},
              {"total", found.total},
              {"next_cursor", nullptr},
              {"categories", names_of(found.categories)},
              {"brands", names_of(found.brands)}};
    if (found.page.next) body["next_cursor"] = to_cursor(*found.page.next);
    return json_response(200, body);
}

OrProblem<HttpResponse> create_product(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Product product, read_product(call, std::nullopt));
    const Status created = parts.live.products().create(product);
    if (!created) return tl::unexpected(in_body(created.error()));
    HttpResponse response = json_response(
        201, {{"message", "Product created successfully"}, {"product", to_json(product)}});
    response.with("Location", "/api/products/" + product.id);
    return response;
}

OrProblem<HttpResponse> get_product(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Product product, parts.records.product(call.parameter(0)));
    return json_response(200, to_json(product));
}

OrProblem<HttpResponse> replace_product(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Product product, read_product(call, call.parameter(0)));
    const auto replaced = parts.live.products().replace(product, precondition(call));
    if (!replaced) return tl::unexpected(change_problem(replaced.error()));
    return json_response(200, {{"message", "Product updated successfully"}});
}

OrProblem<HttpResponse> patch_product(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json patch,
                       read_json_object(call.request, "application/merge-patch+json"));
    const auto patched = parts.live.products().patch(call.parameter(0), patch, precondition(call));
    if (!patched) return tl::unexpected(change_problem(patched.error()));
    return json_response(200, {{"message", "Product updated successfully"}});
}

OrProblem<HttpResponse> delete_product(const Call& call, ServiceParts& parts) {
    const Status removed = parts.live.products().remove(call.parameter(0), precondition(call));
    if (!removed) return tl::unexpected(change_problem(removed.error()));
    return json_response(200, {{"message", "Product deleted successfully"}});
}

}  // namespace

std::vector<Route> product_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    const std::string one = "/api/products/{id}";
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/products",
         .scope = Scope::kProductsRead,
         .handler = [&parts,
                     limits](const Call& call) { return list_products(call, parts, limits); }},
        {.method = HttpMethod::kPost,
         .pattern = "/api/products",
         .scope = Scope::kProductsWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(create_product)},
        {.method = HttpMethod::kGet,
         .pattern = one,
         .scope = Scope::kProductsRead,
         .handler = with(get_product)},
        {.method = HttpMethod::kPut,
         .pattern = one,
         .scope = Scope::kProductsWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(replace_product)},
        {.method = HttpMethod::kPatch,
         .pattern = one,
         .scope = Scope::kProductsWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(patch_product)},
        {.method = HttpMethod::kDelete,
         .pattern = one,
         .scope = Scope::kProductsWrite,
         .handler = with(delete_product)},
    };
}

}  // namespace attune
