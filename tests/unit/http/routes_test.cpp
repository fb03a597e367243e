// Routes with all that they call, as they answer whoever asks.

#include <gmock/gmock.h>

#include "unit/http/routes_fixture.hpp"

namespace attune {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kGet = HttpMethod::kGet;
constexpr auto kPost = HttpMethod::kPost;

class Routes : public RoutesFixture {
 protected:
    void SetUp() override {
        RoutesFixture::SetUp();
        serve(routes_);
        add_account("root", Role::kAdministrator);
        add_account("anna", Role::kAdviser);
        root_ = bearer(sign_in("root").access_token);
        anna_ = bearer(sign_in("anna").access_token);
        assign({planted_customer(0).id});
    }
    void assign(const std::vector<std::string>& ids) {
        ASSERT_TRUE(service_->accounts().assign("anna", ids));
    }
    HttpResponse send(HttpMethod method, std::string_view target, const HttpHeader& who,
                      const json& body, std::vector<HttpHeader> more = {}) {
        const std::string_view text = *kept_.insert(body.dump()).first;
        more.push_back(who);
        more.emplace_back("Content-Type", "application/json");
        return ask(method, target, std::move(more), text);
    }
    json get(std::string_view target, const HttpHeader& who) {
        const HttpResponse response = ask(kGet, target, {who});
        EXPECT_EQ(response.status, 200) << response.body;
        return json::parse(response.body, nullptr, false);
    }
    HttpHeader if_match(const std::string& etag) { return {"If-Match", *kept_.insert(etag).first}; }
    std::string etag_of_answer(std::string_view target) {
        return header(ask(kGet, target, {root_}), "ETag").value_or("");
    }

    static json transaction(const std::string& customer_id, int amount) {
        return {{"id", "t1"},
                {"customer_id", customer_id},
                {"time", "2020-01-01T00:00:00Z"},
                {"amount", {{"amount", std::to_string(amount) + ".00"}, {"currency", "EUR"}}}};
    }
    static json post(const std::string& customer_id, const std::string& text) {
        return {{"id", "p1"},
                {"customer_id", customer_id},
                {"time", "2020-01-01T00:00:00Z"},
                {"channel", "mail"},
                {"text", text}};
    }
    std::size_t num_of(const std::string& kind, const std::string& customer_id) {
        return get(*kept_.insert("/api/users/" + customer_id + "/" + kind).first, root_)[kind]
            .size();
    }

    const std::string mine_ = planted_customer(0).id;
    const std::string other_ = planted_customer(1).id;
    HttpHeader root_;
    HttpHeader anna_;
};

TEST_F(Routes, AnAdviserTakesNoRecordsOverFromCustomersTheyMayNotSee) {
    for (const bool posts : {false, true}) {
        const std::string kind = posts ? "posts" : "transactions";
        const std::string target = "/api/" + kind;
        const auto record = [&](const std::string& customer_id, int number) {
            return posts ? post(customer_id, std::to_string(number))
                         : transaction(customer_id, number);
        };
        ASSERT_EQ(send(kPost, target, root_, record(other_, 1)).status, 202);
        const json stolen{{kind, {record(mine_, 2)}}};
        const HttpResponse refused = send(kPost, target, anna_, stolen);
        EXPECT_EQ(refused.status, 409) << refused.body;
        EXPECT_EQ(problem(refused).value("field", ""), kind + "[0].id");
        EXPECT_THAT(refused.body, Not(HasSubstr(other_)));
        EXPECT_EQ(num_of(kind, other_), 1U);
        EXPECT_EQ(num_of(kind, mine_), 0U);
        // A correction by those who may see both.
        assign({mine_, other_});
        EXPECT_EQ(send(kPost, target, anna_, stolen).status, 202);
        EXPECT_EQ(num_of(kind, other_), 0U);
        EXPECT_EQ(num_of(kind, mine_), 1U);
        EXPECT_EQ(send(kPost, target, root_, record(other_, 3)).status, 202);
        EXPECT_EQ(num_of(kind, other_), 1U);
        assign({mine_});
    }
}

TEST_F(Routes, PagesOfAnAdviserAreFullAndTheirCursorsNameNothingHidden) {
    const json all = get("/api/events?limit=500", root_)["events"];
    std::vector<std::string> expected;
    for (const json& event : all) {
        if (event["customer_id"] == mine_) expected.push_back(event["id"]);
    }
    ASSERT_GE(expected.size(), 3U);
    std::vector<std::string> seen;
    std::string target = "/api/events?limit=2";
    for (int page = 0; page < 100; ++page) {
        const json body = get(*kept_.insert(target).first, anna_);
        for (const json& event : body["events"]) seen.push_back(event["id"]);
        if (body["next_cursor"].is_null()) break;
        EXPECT_EQ(body["events"].size(), 2U);
        target = "/api/events?limit=2&cursor=" + body["next_cursor"].get<std::string>();
    }
    EXPECT_EQ(seen, expected);
    EXPECT_THAT(get("/api/decisions", anna_)["decisions"], IsEmpty());
}

TEST_F(Routes, AFullDiskSignsNobodyOut) {
    const SignedIn session = sign_in("root");
    const auto refresh = [&](const std::string& token) {
        return ask(kPost, "/api/auth/refresh",
                   {{"Cookie", *kept_.insert(std::string(kRefreshCookie) + "=" + token).first}});
    };
    store_->set(FailingDatabase::Fails::kAtCommit);
    const HttpResponse refused = refresh(session.refresh_token);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(header(refused, "Set-Cookie"), std::nullopt);
    EXPECT_TRUE(header(refused, "Retry-After"));
    store_->set(FailingDatabase::Fails::kNowhere);
    EXPECT_EQ(refresh(session.refresh_token).status, 200);
    const HttpResponse ended = refresh("atr_not_one");
    EXPECT_EQ(ended.status, 401);
    EXPECT_TRUE(header(ended, "Set-Cookie"));
}

TEST_F(Routes, ARequestToRecommendIsBounded) {
    for (const char* name : {"categories", "brands", "exclude"}) {
        json body{{"user_id", mine_}, {name, json::array()}};
        for (int i = 0; i < 1'001; ++i) body[name].push_back("x" + std::to_string(i));
        const HttpResponse refused = send(kPost, "/api/recommend", root_, body);
        EXPECT_EQ(refused.status, 422);
        EXPECT_EQ(problem(refused).value("field", ""), name);
    }
    std::string many = "/api/recommend?user_id=" + mine_ + "&exclude=a";
    for (int i = 0; i < 1'001; ++i) many += ",a";
    const HttpResponse refused = ask(kGet, many, {root_});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(problem(refused).value("field", ""), "exclude");
}

TEST_F(Routes, ChangesOfAccountsHeedIfMatch) {
    const std::string account = "/api/accounts/anna";
    const std::string old = etag_of_answer(account);
    ASSERT_FALSE(old.empty());
    const json renamed{{"display_name", "Anna A."}};
    EXPECT_EQ(send(HttpMethod::kPatch, account, root_, renamed, {if_match(old)}).status, 200);
    const HttpResponse late =
        send(HttpMethod::kPatch, account, root_, {{"display_name", "B."}}, {if_match(old)});
    EXPECT_EQ(late.status, 412);
    EXPECT_EQ(get(account, root_).value("display_name", ""), "Anna A.");
    EXPECT_EQ(ask(HttpMethod::kDelete, account, {root_, if_match(old)}).status, 412);

    const std::string assigned = account + "/customers";
    const std::string before = etag_of_answer(assigned);
    EXPECT_EQ(etag_of_answer(assigned + "?limit=1"), before);
    const json both{{"customer_ids", {mine_, other_}}};
    EXPECT_EQ(send(HttpMethod::kPut, assigned, root_, both, {if_match(before)}).status, 200);
    EXPECT_EQ(send(HttpMethod::kPut, assigned, root_, both, {if_match(before)}).status, 412);
    const json page = get(assigned + "?limit=1", root_);
    EXPECT_THAT(page["customer_ids"], ElementsAre(std::min(mine_, other_)));
    const json next = get(
        *kept_.insert(assigned + "?cursor=" + page["next_cursor"].get<std::string>()).first, root_);
    EXPECT_THAT(next["customer_ids"], ElementsAre(std::max(mine_, other_)));
    EXPECT_TRUE(next["next_cursor"].is_null());

    EXPECT_EQ(ask(HttpMethod::kDelete, account, {root_, if_match(etag_of_answer(account))}).status,
              200);
}

TEST_F(Routes, ChangesOfSettingsHeedIfMatch) {
    const std::string old = etag_of_answer("/api/settings");
    const json settings = get("/api/settings", root_)["settings"];
    const auto editable = std::find_if(settings.begin(), settings.end(), [](const json& setting) {
        return setting["editable"] == true && setting["type"] == "boolean";
    });
    ASSERT_NE(editable, settings.end());
    const std::string key = (*editable)["key"];
    const bool value = (*editable)["value"];
    EXPECT_EQ(
        send(HttpMethod::kPatch, "/api/settings", root_, {{key, !value}}, {if_match(old)}).status,
        200);
    EXPECT_EQ(
        send(HttpMethod::kPatch, "/api/settings", root_, {{key, value}}, {if_match(old)}).status,
        412);
}

TEST_F(Routes, ASecretIsMadeOnceForAKeyOfIdempotencyAndShownOnce) {
    const HttpHeader once{"Idempotency-Key", "k"};
    const json account{{"name", "bert"}, {"role", "adviser"}};
    const HttpResponse made = send(kPost, "/api/accounts", root_, account, {once});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string password = json::parse(made.body)["one_time_password"];
    const HttpResponse again = send(kPost, "/api/accounts", root_, account, {once});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(problem(again).value("field", ""), "Idempotency-Key");
    EXPECT_THAT(again.body, HasSubstr("shown once"));
    EXPECT_THAT(again.body, Not(HasSubstr(password)));
    const auto kept = records_->earlier_answer("account:root", "k");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->body, "");

    const json key{{"name", "shop"}, {"scopes", {"recommend"}}};
    const HttpHeader other{"Idempotency-Key", "l"};
    EXPECT_EQ(send(kPost, "/api/keys", root_, key, {other}).status, 201);
    EXPECT_EQ(send(kPost, "/api/keys", root_, key, {other}).status, 409);
    EXPECT_EQ(get("/api/keys", root_)["keys"].size(), 1U);
}

TEST_F(Routes, HeadOfAnExportMakesNoFileAndTheStreamHasNone) {
    const HttpResponse headers = ask(HttpMethod::kHead, "/export?format=csv", {root_});
    EXPECT_EQ(headers.status, 200);
    EXPECT_THAT(headers.content_type, HasSubstr("text/csv"));
    EXPECT_TRUE(headers.producer);
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "uploads"));
    const HttpResponse refused = ask(HttpMethod::kHead, "/api/stream", {root_});
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(header(refused, "Allow"), "GET");
}

}  // namespace
}  // namespace attune
