// The whole route table against every kind of caller. Handlers are replaced: what is looked at is
// who gets as far as one.

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <map>

#include "unit/http/routes_fixture.hpp"

namespace attune {
namespace {

using ::testing::UnorderedElementsAre;

std::string name_of(const Route& route) {
    return std::string(http_method_name(route.method)) + " " + route.pattern;
}

/// The pattern with something in the place of its parameters.
std::string target_of(const Route& route) {
    std::string target;
    for (std::size_t i = 0; i < route.pattern.size(); ++i) {
        if (route.pattern[i] != '{') {
            target += route.pattern[i];
            continue;
        }
        target += "x";
        i = route.pattern.find('}', i);
    }
    return target;
}

bool is_safe(HttpMethod method) {
    return method == HttpMethod::kGet || method == HttpMethod::kHead;
}

class RouteAccess : public RoutesFixture {
 protected:
    void SetUp() override {
        RoutesFixture::SetUp();
        std::vector<Route> stubs = routes_;
        for (Route& stub : stubs) {
            stub.handler = [](const Call&) -> OrProblem<HttpResponse> {
                HttpResponse reached;
                reached.status = 299;
                return reached;
            };
        }
        serve(std::move(stubs));
    }

    std::vector<std::string> routes_with(Entry entry) {
        std::vector<std::string> names;
        for (const Route& route : routes_) {
            if (route.entry == entry) names.push_back(name_of(route));
        }
        return names;
    }
    int status_for(const Route& route, std::vector<HttpHeader> headers) {
        const std::string target = target_of(route);
        return ask(route.method, target, std::move(headers)).status;
    }
};

TEST_F(RouteAccess, OnlyTheseAreOpen) {
    EXPECT_THAT(routes_with(Entry::kOpen),
                UnorderedElementsAre("GET /healthz", "GET /readyz", "POST /api/auth/sign-in",
                                     "POST /api/auth/refresh", "POST /api/auth/token"));
    EXPECT_GE(routes_.size(), 50U);
}

TEST_F(RouteAccess, OnlyTheseWaitForNoTurnWithWhatWrites) {
    std::map<Lane, std::vector<std::string>> by_lane;
    for (const Route& route : routes_) {
        if (route.lane) by_lane[*route.lane].push_back(name_of(route));
    }
    EXPECT_THAT(by_lane[Lane::kSigningIn],
                UnorderedElementsAre("POST /api/auth/sign-in", "POST /api/auth/refresh",
                                     "POST /api/auth/sign-out", "POST /api/auth/password",
                                     "POST /api/auth/token"));
    EXPECT_THAT(by_lane[Lane::kCancelling], UnorderedElementsAre("POST /api/jobs/{id}/cancel"));
    EXPECT_THAT(by_lane[Lane::kReading], UnorderedElementsAre("POST /api/users/{id}/what-if"));
}

TEST_F(RouteAccess, WhetherTheServiceIsReadyIsAnsweredWithoutTheStore) {
    const auto route = std::find_if(routes_.begin(), routes_.end(),
                                    [](const Route& one) { return one.pattern == "/readyz"; });
    ASSERT_NE(route, routes_.end());
    EXPECT_EQ(route->execution, Execution::kInline);
    std::filesystem::create_directories(folder_ / "uploads");
    // Whoever holds the writer and every session of the readers keeps nothing from being answered.
    std::promise<void> let_go;
    const std::shared_future<void> over = let_go.get_future();
    const auto hangs = [&](Stores&) {
        over.wait();
        return Status();
    };
    std::vector<std::future<Status>> busy;
    busy.push_back(std::async(std::launch::async, [&] { return bank_.database().write(hangs); }));
    for (std::size_t i = 0; i < DatabaseOptions{}.num_read_sessions; ++i) {
        busy.push_back(
            std::async(std::launch::async, [&] { return bank_.database().read(hangs); }));
    }
    const HttpRequest request;
    const Target target = parse_target("/readyz").value();
    auto asked = std::async(std::launch::async, [&] {
        return route->handler(Call{request, target, {}, {}, "id"});
    });
    EXPECT_EQ(asked.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    let_go.set_value();
    for (auto& work : busy) EXPECT_TRUE(work.get());
    const auto answer = asked.get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
}

TEST_F(RouteAccess, NobodyReachesWhatIsNotOpen) {
    for (const Route& route : routes_) {
        const int expected = route.entry == Entry::kOpen ? 299 : 401;
        EXPECT_EQ(status_for(route, {}), expected) << name_of(route);
        EXPECT_EQ(status_for(route, {bearer("atk_wrong_key")}), expected) << name_of(route);
    }
}

TEST_F(RouteAccess, EachRoleReachesWhatItsScopesAllowAndNothingElse) {
    for (const Role role : kAccountRoles) {
        const std::string name(role_name(role));
        add_account(name, role);
        const SignedIn session = sign_in(name);
        for (const Route& route : routes_) {
            const bool allowed =
                route.entry != Entry::kScoped || scopes_of(role).contains(route.scope);
            EXPECT_EQ(status_for(route, {bearer(session.access_token)}), allowed ? 299 : 403)
                << name_of(route) << " as " << name;
        }
    }
}

TEST_F(RouteAccess, AKeyReachesWhatItWasGivenAndNothingElse) {
    const Scopes all = scopes_of(Role::kService);
    for (std::size_t i = 0; i < kNumScopes; ++i) {
        const auto scope = static_cast<Scope>(i);
        if (!all.contains(scope)) continue;
        const std::string key = api_key({scope});
        for (const Route& route : routes_) {
            const bool allowed = route.entry != Entry::kScoped || route.scope == scope;
            EXPECT_EQ(status_for(route, {bearer(key)}), allowed ? 299 : 403)
                << name_of(route) << " with " << scope_name(scope);
        }
    }
}

TEST_F(RouteAccess, NothingIsChangedByACookieAlone) {
    add_account("anna", Role::kAdministrator);
    const SignedIn session = sign_in("anna");
    for (const Route& route : routes_) {
        if (route.entry == Entry::kOpen) continue;
        const int expected = is_safe(route.method) ? 299 : 403;
        EXPECT_EQ(status_for(route, {cookie(session.access_token)}), expected) << name_of(route);
        EXPECT_EQ(status_for(route, {cookie(session.access_token),
                                     {"X-CSRF-Token", session.principal.csrf_token}}),
                  299)
            << name_of(route);
    }
}

TEST_F(RouteAccess, EveryRouteLimitsItsBody) {
    const std::string longest(limits_.max_upload_bytes + 1, 'x');
    add_account("anna", Role::kAdministrator);
    const HttpHeader admin = bearer(sign_in("anna").access_token);
    for (const Route& route : routes_) {
        const std::string target = target_of(route);
        EXPECT_EQ(ask(route.method, target, {admin}, longest).status, 413) << name_of(route);
    }
}

}  // namespace
}  // namespace attune
