#include "http/dispatcher.hpp"

#include <gmock/gmock.h>

#include "unit/http/dispatcher_fixture.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kGet = HttpMethod::kGet;
constexpr auto kPost = HttpMethod::kPost;

class DispatcherTest : public DispatcherFixture {
 protected:
    /// Things to read and change, an open page, and what only needs credentials.
    std::vector<Route> routes() {
        return {{.pattern = "/api/things",
                 .scope = Scope::kCustomersRead,
                 .execution = Execution::kInline,
                 .handler = counting()},
                {.method = kPost,
                 .pattern = "/api/things",
                 .scope = Scope::kCustomersWrite,
                 .max_body_bytes = 10,
                 .handler = counting()},
                {.method = HttpMethod::kDelete,
                 .pattern = "/api/things/{id}",
                 .scope = Scope::kCustomersWrite,
                 .handler = counting()},
                {.pattern = "/api/me", .entry = Entry::kAuthenticated, .handler = counting()},
                {.pattern = "/open", .entry = Entry::kOpen, .handler = counting()}};
    }
};

TEST_F(DispatcherTest, WithoutCredentialsOnlyWhatIsOpenIsAnswered) {
    serve(routes());
    for (const char* target : {"/api/things", "/api/me"}) {
        const HttpResponse refused = ask(kGet, target);
        EXPECT_EQ(refused.status, 401);
        EXPECT_EQ(problem(refused).value("code", ""), "unauthenticated");
        EXPECT_EQ(header(refused, "WWW-Authenticate"), "Bearer realm=\"attune\"");
    }
    for (const char* bad : {"atk_nokey_nosecret", "a.b.c", ""}) {
        EXPECT_EQ(ask(kGet, "/api/things", {bearer(bad)}).status, 401) << bad;
    }
    EXPECT_EQ(ask(kGet, "/api/things", {{"Authorization", "Basic YTpi"}}).status, 401);
    EXPECT_EQ(num_handled_, 0);
    EXPECT_EQ(ask(kGet, "/open").status, 201);
    EXPECT_THAT(logged_principals_, Not(Contains(HasSubstr("atk_"))));
}

TEST_F(DispatcherTest, WhoLacksTheScopeIsToldWhichItTakes) {
    serve(routes());
    const std::string reader = api_key({Scope::kCustomersRead});
    EXPECT_EQ(ask(kGet, "/api/things", {bearer(reader)}).status, 201);
    EXPECT_EQ(ask(kGet, "/api/me", {bearer(reader)}).status, 201);
    const HttpResponse refused = ask(kPost, "/api/things", {bearer(reader)});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(problem(refused).value("code", ""), "forbidden");
    EXPECT_THAT(refused.body, HasSubstr("customers:write"));
    EXPECT_EQ(num_handled_, 2);
}

TEST_F(DispatcherTest, WhoMustChangeThePasswordMayDoNothingElse) {
    serve(routes());
    const auto issued = service_->accounts().create(
        {.name = "new", .display_name = "", .role = Role::kAdministrator});
    ASSERT_TRUE(issued);
    const auto session = service_->sessions().sign_in("new", issued->one_time_password);
    ASSERT_TRUE(session);
    const std::string token = std::get<SignedIn>(*session).access_token;
    const HttpResponse refused = ask(kGet, "/api/things", {bearer(token)});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(problem(refused).value("code", ""), "password_change_required");
    EXPECT_EQ(ask(kGet, "/api/me", {bearer(token)}).status, 201);
}

TEST_F(DispatcherTest, ACookieAloneChangesNothing) {
    serve(routes());
    add_account("anna", Role::kAdministrator);
    const SignedIn anna = sign_in("anna");
    add_account("bert", Role::kAdministrator);
    const SignedIn bert = sign_in("bert");
    const HttpHeader signed_in = cookie(anna.access_token);
    EXPECT_EQ(ask(kGet, "/api/things", {signed_in}).status, 201);
    const std::vector<HttpHeader> forged{
        {"X-Other", "x"}, {"X-CSRF-Token", ""}, {"X-CSRF-Token", bert.principal.csrf_token}};
    for (const HttpHeader& token : forged) {
        for (const auto& [method, target] :
             {std::pair(kPost, "/api/things"), std::pair(HttpMethod::kDelete, "/api/things/1")}) {
            const HttpResponse refused = ask(method, target, {signed_in, token});
            EXPECT_EQ(refused.status, 403);
            EXPECT_EQ(problem(refused).value("code", ""), "csrf");
        }
    }
    EXPECT_EQ(num_handled_, 1);
    EXPECT_EQ(
        ask(kPost, "/api/things", {signed_in, {"X-CSRF-Token", anna.principal.csrf_token}}).status,
        201);
    // No page can make a browser send this header.
    EXPECT_EQ(ask(kPost, "/api/things", {bearer(anna.access_token)}).status, 201);
}

TEST_F(DispatcherTest, WhatIsNotThereIsAProblem) {
    serve(routes());
    for (const char* target : {"/api/nothing", "/api", "/nothing", "/api/things/1/2"}) {
        const HttpResponse missing = ask(kGet, target);
        EXPECT_EQ(missing.status, 404) << target;
        EXPECT_EQ(problem(missing).value("code", ""), "not_found");
    }
    // The target may hold secrets, the log says nothing of it.
    EXPECT_THAT(logged_routes_, ElementsAre("-", "-", "-", "-"));
    EXPECT_EQ(ask(kGet, "/api/../etc/passwd").status, 400);
    EXPECT_EQ(ask(kGet, "/api/things/%00").status, 400);
}

TEST_F(DispatcherTest, APathSaysWhichMethodsItHas) {
    serve(routes());
    const HttpResponse refused = ask(HttpMethod::kPut, "/api/things");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(problem(refused).value("code", ""), "method_not_allowed");
    EXPECT_EQ(header(refused, "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(header(ask(kGet, "/api/things/7"), "Allow"), "DELETE");
}

TEST_F(DispatcherTest, ABodyThatIsTooLongIsNotRead) {
    serve(routes());
    const HttpHeader key = bearer(api_key({Scope::kCustomersWrite, Scope::kCustomersRead}));
    EXPECT_EQ(ask(kPost, "/api/things", {key}, "0123456789").status, 201);
    const HttpResponse refused = ask(kPost, "/api/things", {key}, "0123456789a");
    EXPECT_EQ(refused.status, 413);
    EXPECT_THAT(problem(refused).value("detail", ""), HasSubstr("11 bytes; 10 are read"));
    EXPECT_EQ(ask(kGet, "/api/things", {key}, "x").status, 413);
    EXPECT_EQ(num_handled_, 1);
}

TEST_F(DispatcherTest, AnAddressThatAsksTooOftenWaits) {
    options_of_dispatcher_.per_address = {.requests_per_s = 0.5, .burst = 2};
    serve(routes());
    EXPECT_EQ(ask(kGet, "/open").status, 201);
    EXPECT_EQ(ask(kGet, "/nothing").status, 404);  // counts too
    const HttpResponse refused = ask(kGet, "/open");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(problem(refused).value("code", ""), "too_many_requests");
    const int retry_after_s = std::stoi(header(refused, "Retry-After").value_or("0"));
    EXPECT_GE(retry_after_s, 2);
    EXPECT_LE(retry_after_s, 3);
    HttpRequest other;
    other.target = "/open";
    other.remote_address = "10.0.0.2";
    EXPECT_EQ(ask(other).status, 201);
    monotonic_.advance_ns(retry_after_s * 1'000'000'000LL);
    EXPECT_EQ(ask(kGet, "/open").status, 201);
}

TEST_F(DispatcherTest, AKeyThatIsUsedTooOftenWaitsWhereverItIsUsed) {
    options_of_dispatcher_.per_principal = {.requests_per_s = 1, .burst = 1};
    serve(routes());
    const HttpHeader first = bearer(api_key({Scope::kCustomersRead}));
    const HttpHeader second = bearer(api_key({Scope::kCustomersRead}));
    EXPECT_EQ(ask(kGet, "/api/things", {first}).status, 201);
    HttpRequest elsewhere;
    elsewhere.target = "/api/things";
    elsewhere.headers = {first};
    elsewhere.remote_address = "10.0.0.2";
    const HttpResponse refused = ask(elsewhere);
    EXPECT_EQ(refused.status, 429);
    EXPECT_TRUE(header(refused, "Retry-After"));
    EXPECT_EQ(ask(kGet, "/api/things", {second}).status, 201);
}

TEST_F(DispatcherTest, AFaultIsLoggedAndItsDetailsAreNotSent) {
    const auto fails = [](const Call&) -> OrProblem<HttpResponse> {
        return tl::unexpected(Problem::of({ErrorCode::kInternal, "/var/lib/secret is broken"}));
    };
    const auto throws = [](const Call&) -> OrProblem<HttpResponse> {
        throw std::runtime_error("/var/lib/secret was thrown");
    };
    const auto damaged = [](const Call&) -> OrProblem<HttpResponse> {
        return tl::unexpected(Problem::of({ErrorCode::kCorrupt, "/var/lib/secret is no database"}));
    };
    serve({{.pattern = "/fails", .entry = Entry::kOpen, .handler = fails},
           {.pattern = "/throws", .entry = Entry::kOpen, .handler = throws},
           {.pattern = "/damaged", .entry = Entry::kOpen, .handler = damaged}});
    for (const char* target : {"/fails", "/throws", "/damaged"}) {
        const HttpResponse failed = ask(kGet, target, {{"X-Request-Id", "mine"}});
        EXPECT_EQ(failed.status, 500);
        EXPECT_THAT(problem(failed).value("detail", ""), HasSubstr("its log has the details"));
        EXPECT_THAT(failed.body, Not(HasSubstr("secret")));
    }
    EXPECT_THAT(faults_, ElementsAre("request mine: /var/lib/secret is broken",
                                     "request mine: /var/lib/secret was thrown",
                                     "request mine: /var/lib/secret is no database"));
}

TEST_F(DispatcherTest, WhatIsUnavailableSaysWhenToComeBack) {
    const auto full = [](const Call&) -> OrProblem<HttpResponse> {
        return tl::unexpected(Problem::of({ErrorCode::kUnavailable, "the disk is full"}));
    };
    serve({{.pattern = "/full", .entry = Entry::kOpen, .handler = full}});
    const HttpResponse refused = ask(kGet, "/full");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(problem(refused).value("detail", ""), "the disk is full");
    EXPECT_EQ(header(refused, "Retry-After"), "1");
}

TEST_F(DispatcherTest, WhatNoWorkerCanTakeIsRefusedAtOnce) {
    options_of_dispatcher_.max_waiting = 0;
    serve(routes());
    const HttpResponse refused = ask(kGet, "/open");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(header(refused, "Retry-After"));
    EXPECT_EQ(num_handled_, 0);
}

TEST_F(DispatcherTest, TheCallersIdOfTheRequestIsKeptWhereItIsOne) {
    serve(routes());
    EXPECT_EQ(header(ask(kGet, "/open", {{"x-request-id", "abc-1.2_3"}}), "X-Request-Id"),
              "abc-1.2_3");
    EXPECT_EQ(problem(ask(kGet, "/nothing", {{"X-Request-Id", "mine"}})).value("instance", ""),
              "mine");
    const std::string long_id(65, 'a');
    std::set<std::string> made;
    for (const std::string_view bad :
         {std::string_view("two words"), std::string_view(""),
          std::string_view("a\r\nSet-Cookie: b"), std::string_view(long_id)}) {
        const auto id = header(ask(kGet, "/open", {{"X-Request-Id", bad}}), "X-Request-Id");
        ASSERT_TRUE(id);
        EXPECT_NE(*id, bad);
        EXPECT_GE(id->size(), 12U);
        made.insert(*id);
    }
    EXPECT_EQ(made.size(), 4U);
}

TEST_F(DispatcherTest, EveryAnswerCarriesWhatKeepsBrowsersSafe) {
    options_of_dispatcher_.secure = true;
    serve(routes());
    for (const char* target : {"/open", "/nothing", "/api/things"}) {
        const HttpResponse response = ask(kGet, target);
        EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(header(response, "X-Frame-Options"), "DENY");
        EXPECT_EQ(header(response, "Cache-Control"), "no-store");
        EXPECT_THAT(header(response, "Content-Security-Policy").value_or(""),
                    HasSubstr("default-src 'self'"));
        EXPECT_TRUE(header(response, "Strict-Transport-Security"));
    }
}

TEST_F(DispatcherTest, PagesAreServedBesideTheInterfaceAndNeverInItsPlace) {
    const std::vector<WebFile> files{{"/app.js", "text/javascript", "code", "", "\"1\""},
                                     {"/index.html", "text/html", "<html>", "", "\"2\""}};
    serve(routes(), files);
    const HttpResponse page = ask(kGet, "/app.js");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(header(page, "Cache-Control"), "no-store");
    EXPECT_EQ(ask(kGet, "/api/nothing").status, 404);
    EXPECT_EQ(ask(kPost, "/app.js").status, 404);
}

TEST_F(DispatcherTest, WhatHasNotChangedIsNotSentAgain) {
    const auto constant = [](const Call&) -> OrProblem<HttpResponse> {
        HttpResponse response;
        response.body = "same";
        return response;
    };
    serve({{.pattern = "/same", .entry = Entry::kOpen, .handler = constant}});
    const auto etag = header(ask(kGet, "/same"), "ETag");
    ASSERT_TRUE(etag);
    EXPECT_EQ(ask(kGet, "/same", {{"If-None-Match", *etag}}).status, 304);
    EXPECT_EQ(ask(kGet, "/same", {{"If-None-Match", "\"other\""}}).status, 200);
}

}  // namespace
}  // namespace attune
