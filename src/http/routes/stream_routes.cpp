#include <charconv>

#include "http/authenticate.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

OrProblem<StreamKinds> read_kinds(const QueryParameters& query) {
    StreamKinds kinds;
    for (const std::string& name : query.all("types")) {
        ATTUNE_HTTP_ASSIGN(const StreamKind kind, parse_stream_kind(name));
        kinds.add(kind);
    }
    return kinds.empty() ? StreamKinds::all() : kinds;
}

/// After which message to go on: by the header that browsers send when they come back.
OrProblem<std::optional<std::uint64_t>> read_last_id(const Call& call) {
    auto text = call.request.header("last-event-id");
    if (!text) text = call.target.query.get("last_event_id");
    if (!text || text->empty()) return std::nullopt;
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error == std::errc{} && end == text->data() + text->size()) return id;
    return tl::unexpected(Problem{400, "invalid_argument",
                                  "Last-Event-ID: not one that this stream gave", "Last-Event-ID"});
}

/// Whether the bearer of a credential may listen now. While the store cannot say they go on.
bool may_listen(AccessService& access, const std::string& credential) {
    const auto principal = access.authenticate(credential);
    if (principal) return principal->permits(Scope::kStream);
    return principal.error().code == ErrorCode::kUnavailable;
}

OrProblem<HttpResponse> listen(const Call& call, ServiceParts& parts) {
    if (call.request.method == HttpMethod::kHead) {
        return tl::unexpected(
            Problem{405, "method_not_allowed", "the stream has no end; it is there for GET", {}});
    }
    ATTUNE_HTTP_TRY(call.target.query.only({"types", "last_event_id"}));
    LiveStream::Wish wish;
    ATTUNE_HTTP_ASSIGN(wish.kinds, read_kinds(call.target.query));
    ATTUNE_HTTP_ASSIGN(wish.after, read_last_id(call));
    const std::shared_ptr<StreamPump> pump = parts.stream_pump;
    wish.wake = [pump] { pump->wake(); };
    ATTUNE_HTTP_ASSIGN(const auto subscription, parts.live.stream().subscribe(std::move(wish)));
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.with("X-Accel-Buffering", "no");
    response.producer = [pump, subscription, &access = parts.access,
                         credential = std::string(credential_of(call.request).value_or(""))](
                            const std::shared_ptr<BodyWriter>& writer) {
        pump->add(writer, subscription,
                  [&access, credential] { return may_listen(access, credential); });
    };
    return response;
}

}  // namespace

std::vector<Route> stream_routes(ServiceParts& parts, const ServiceLimits&) {
    return {{.method = HttpMethod::kGet,
             .pattern = "/api/stream",
             .scope = Scope::kStream,
             .execution = Execution::kInline,
             .handler = [&parts](const Call& call) { return listen(call, parts); }}};
}

}  // namespace attune
