#include "http/stand_in.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "http/web_files.hpp"

namespace attune {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

HttpResponse ask(HttpMethod method, std::string_view target) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    HttpResponse answer;
    stand_in_sink("the data is replaced", true)(
        std::move(request), [&](HttpResponse response) { answer = std::move(response); });
    return answer;
}

TEST(StandIn, SaysOfTheInterfaceWhenToTryAgain) {
    for (const char* target : {"/api/users", "/readyz", "/metrics", "/upload", "/api/nothing"}) {
        const HttpResponse answer = ask(HttpMethod::kGet, target);
        EXPECT_EQ(answer.status, 503) << target;
        EXPECT_EQ(answer.content_type, "application/problem+json");
        EXPECT_THAT(json::parse(answer.body)["detail"].get<std::string>(),
                    HasSubstr("the data is replaced"));
        EXPECT_THAT(answer.headers, Contains(Pair("Retry-After", "2")));
        EXPECT_THAT(answer.headers, Contains(Pair("X-Frame-Options", "DENY")));
        EXPECT_THAT(answer.headers, Contains(Pair("Cache-Control", "no-store")));
    }
    EXPECT_EQ(ask(HttpMethod::kPost, "/api/events").status, 503);
    EXPECT_EQ(ask(HttpMethod::kPost, "/").status, 503);
    EXPECT_EQ(ask(HttpMethod::kGet, "no target").status, 503);
}

TEST(StandIn, IsAliveAndHasThePages) {
    EXPECT_EQ(ask(HttpMethod::kGet, "/healthz").status, 200);
    // The program for tests may be built without the web application, but never the other way.
    EXPECT_EQ(ask(HttpMethod::kGet, "/customers").status, web_files().empty() ? 503 : 200);
    EXPECT_EQ(ask(HttpMethod::kGet, "/no-such-file.js").status, 503);
}

}  // namespace
}  // namespace attune
