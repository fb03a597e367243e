#include <algorithm>

#include "fuzz/fuzz_http.hpp"
#include "http/query.hpp"
#include "http/router.hpp"

namespace attune {
namespace {

const RouteTable& table() {
    static const RouteTable routes(
        {{.pattern = "/api/users", .handler = {}},
         {.pattern = "/api/users/{id}", .handler = {}},
         {.pattern = "/api/users/{id}/events", .handler = {}},
         {.pattern = "/api/users/assigned", .handler = {}},
         {.method = HttpMethod::kDelete, .pattern = "/api/users/{id}", .handler = {}},
         {.pattern = "/api/{kind}/{id}/files/{name}", .handler = {}},
         {.method = HttpMethod::kPost, .pattern = "/upload", .handler = {}}});
    return routes;
}

void check_match(HttpMethod method, const Target& target) {
    const RouteTable::Match match = table().find(method, target.segments);
    if (match.route == nullptr) return;
    fuzz_require(std::find(match.allowed.begin(), match.allowed.end(), match.route->method) !=
                 match.allowed.end());
    const std::string& pattern = match.route->pattern;
    const auto num_parameters =
        static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{'));
    fuzz_require(match.parameters.size() == num_parameters);
    for (const std::string_view parameter : match.parameters) {
        // A view of one whole segment: an encoded slash never makes two of it.
        fuzz_require(!parameter.empty());
        fuzz_require(std::any_of(
            target.segments.begin(), target.segments.end(), [&](const std::string& segment) {
                return segment.data() == parameter.data() && segment.size() == parameter.size();
            }));
    }
}

void check_segments(const Target& target) {
    std::string plain;
    for (const std::string& segment : target.segments) {
        fuzz_require(is_plain_text(segment));
        fuzz_require(segment != "." && segment != "..");
        plain += "/" + percent_encoded(segment);
    }
    // An empty last segment is what a slash at the end leaves: it is not written again.
    if (!target.segments.empty() && target.segments.back().empty()) return;
    const auto again = parse_target(plain.empty() ? "/" : plain);
    fuzz_require(again.has_value() && again->segments == target.segments);
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    return {"/api/users/bm-00001/events?limit=5&cursor=x",
            "/api/users/a%2Fb%20c",
            "/api/products/%E2%82%AC/files/..%2f..%2fetc",
            "/api//users/%2e%2e/./assigned/",
            "/upload?",
            "/",
            "//host/path",
            "/api/users/%00%0d%0a"};
}

}  // namespace attune

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const std::string_view text = fuzz_text(data, size);
    const auto target = parse_target(text);
    if (!target) {
        fuzz_require(target.error().code == ErrorCode::kInvalidArgument);
        return 0;
    }
    fuzz_require(text.starts_with(target->path));
    check_segments(*target);
    for (const HttpMethod method : {HttpMethod::kGet, HttpMethod::kHead, HttpMethod::kDelete,
                                    HttpMethod::kPost, HttpMethod::kOther}) {
        check_match(method, *target);
    }
    return 0;
}
