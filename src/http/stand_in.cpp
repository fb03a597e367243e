#include "http/stand_in.hpp"

#include <nlohmann/json.hpp>

#include "access/secure_random.hpp"
#include "http/json_body.hpp"
#include "http/problem.hpp"
#include "http/query.hpp"
#include "http/security_headers.hpp"
#include "http/web_files.hpp"

namespace attune {
namespace {

constexpr const char* kRetryAfterSeconds = "2";

HttpResponse response_to(const HttpRequest& request, const std::string& id,
                         const std::string& why) {
    const auto target = parse_target(request.target);
    const bool reads = request.method == HttpMethod::kGet || request.method == HttpMethod::kHead;
    if (target && reads) {
        if (target->path == "/healthz") {
            return json_response(200, {{"status", "ok"}}).with("Cache-Control", "no-store");
        }
        if (!is_api_path(target->path)) {
            const WebFile* const file = find_web_file(web_files(), target->path);
            if (file != nullptr) return web_file_response(*file, request);
        }
    }
    HttpResponse response =
        problem_response({503, "unavailable", why + "; try again in a moment", {}}, id);
    response.with("Retry-After", kRetryAfterSeconds).with("Cache-Control", "no-store");
    return response;
}

}  // namespace

RequestSink stand_in_sink(std::string why, bool secure) {
    return [why = std::move(why), secure](HttpRequest request, const Responder& respond) {
        const std::string id = random_token(12);
        HttpResponse response = response_to(request, id, why);
        response.with("X-Request-Id", id);
        add_security_headers(response, secure);
        respond(std::move(response));
    };
}

}  // namespace attune
