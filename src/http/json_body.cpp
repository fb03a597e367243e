#include "http/json_body.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>

namespace attune {
namespace {

using nlohmann::json;

/// Looks at each part as it is read and stops at the first that may not be.
class Guard {
 public:
    bool operator()(int depth, json::parse_event_t event, json& parsed) {
        switch (event) {
            case json::parse_event_t::object_start:
            case json::parse_event_t::array_start:
                if (depth >= kMaxJsonDepth) {
                    throw Refused{fmt::format("nests deeper than {} levels", kMaxJsonDepth)};
                }
                if (event == json::parse_event_t::object_start) keys_.emplace_back();
                break;
            case json::parse_event_t::object_end:
                keys_.pop_back();
                break;
            case json::parse_event_t::key: {
                const auto& key = parsed.get_ref<const std::string&>();
                if (!keys_.back().insert(key).second) {
                    throw Refused{fmt::format("names '{}' twice in one object", key)};
                }
                break;
            }
            default:
                break;
        }
        return true;
    }

    struct Refused {
        std::string why;
    };

 private:
    std::vector<std::set<std::string>> keys_;
};

bool is_json_type(std::string_view type, std::string_view media_type) {
    const std::string_view essence = type.substr(0, type.find_first_of("; \t"));
    return essence == media_type || essence == "application/json";
}

}  // namespace

OrProblem<json> read_json(const HttpRequest& request, std::string_view media_type) {
    const auto type = request.header("content-type");
    if (!type || !is_json_type(*type, media_type)) {
        return tl::unexpected(Problem{415,
                                      "unsupported_media_type",
                                      fmt::format("Content-Type: '{}' is not read here; send {}",
                                                  type.value_or(""), media_type),
                                      {}});
    }
    try {
        return json::parse(request.body.begin(), request.body.end(), Guard());
    } catch (const Guard::Refused& refused) {
        return tl::unexpected(
            Problem{400, "malformed_json", fmt::format("the body {}", refused.why), {}});
    } catch (const json::exception& error) {
        const std::string_view what = error.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ...": without its id.
        const auto end = what.find("] ");
        return tl::unexpected(
            Problem{400,
                    "malformed_json",
                    fmt::format("the body is no JSON: {}",
                                what.substr(end == std::string_view::npos ? 0 : end + 2)),
                    {}});
    }
}

OrProblem<json> read_json_object(const HttpRequest& request, std::string_view media_type) {
    auto body = read_json(request, media_type);
    if (body && !body->is_object()) {
        return tl::unexpected(
            Problem{422, "invalid_argument", "the body must be a JSON object", {}});
    }
    return body;
}

HttpResponse json_response(int status, const json& body) {
    HttpResponse response;
    response.status = status;
    response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return response;
}

}  // namespace attune
