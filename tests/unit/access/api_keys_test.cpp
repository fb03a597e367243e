#include "access/api_keys.hpp"

#include <gmock/gmock.h>

#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class ApiKeysTest : public AccessFixture {
 protected:
    ApiKeys& keys() { return service_->api_keys(); }
    IssuedApiKey issue(std::optional<Timestamp> expires_at = {}) {
        return keys()
            .create({.name = "Core banking",
                     .scopes = {Scope::kRecommend, Scope::kEventsWrite},
                     .expires_at = expires_at},
                    "anna")
            .value();
    }
};

TEST_F(ApiKeysTest, AreIssuedAndTakenByTheirSecret) {
    const IssuedApiKey issued = issue();
    EXPECT_THAT(issued.secret, MatchesRegex("atk_[a-z2-9]{12}_[A-Za-z0-9_-]{43}"));
    const auto principal = service_->authenticate(issued.secret);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_EQ(principal->kind, PrincipalKind::kApiKey);
    EXPECT_EQ(principal->key(), "key:" + issued.key.id);
    EXPECT_EQ(principal->display_name, "Core banking");
    EXPECT_EQ(principal->role, Role::kService);
    EXPECT_EQ(principal->scopes, (Scopes{Scope::kRecommend, Scope::kEventsWrite}));
    EXPECT_TRUE(principal->may_see_customer("anybody"));
    EXPECT_EQ(principal->expires_at, kNever);
}

TEST_F(ApiKeysTest, OtherSecretsAreRefused) {
    const std::string secret = issue().secret;
    const std::string other = issue().secret;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        std::string changed = secret;
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        EXPECT_EQ(refusal(changed), ErrorCode::kUnauthenticated) << i;
        EXPECT_EQ(refusal(secret.substr(0, i)), ErrorCode::kUnauthenticated) << i;
    }
    EXPECT_EQ(refusal(secret + "x"), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal(secret.substr(0, 17) + other.substr(17)), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal("atk_"), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal("atk_' OR 1=1; -_x"), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal("atk_" + std::string(1'000'000, 'a')), ErrorCode::kUnauthenticated);
}

TEST_F(ApiKeysTest, AreRevokedAtOnce) {
    const IssuedApiKey issued = issue();
    const auto token = keys().grant(issued.key.id, issued.secret, "");
    ASSERT_TRUE(token);
    ASSERT_TRUE(service_->authenticate(issued.secret));
    ASSERT_TRUE(service_->authenticate(token->access_token));
    ASSERT_TRUE(keys().revoke(issued.key.id));
    EXPECT_EQ(refusal(issued.secret), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal(token->access_token), ErrorCode::kUnauthenticated);
    EXPECT_TRUE(keys().list({})->front().revoked);
    EXPECT_EQ(keys().revoke("unknown").error().code, ErrorCode::kNotFound);
}

TEST_F(ApiKeysTest, Expire) {
    const IssuedApiKey issued = issue(Timestamp{clock_.now().ms + 60'000});
    const auto token = keys().grant(issued.key.id, issued.secret, "recommend");
    ASSERT_TRUE(token);
    EXPECT_EQ(token->expires_in_s, 60) << "no longer than the key";
    pass_s(59);
    EXPECT_TRUE(service_->authenticate(issued.secret));
    EXPECT_TRUE(service_->authenticate(token->access_token));
    pass_s(1);
    EXPECT_EQ(refusal(issued.secret), ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal(token->access_token), ErrorCode::kUnauthenticated) << "whatever the skew";
}

TEST_F(ApiKeysTest, AreCheckedWhenMade) {
    const auto refused = [&](const NewApiKey& key) {
        return keys().create(key, "anna").error().message;
    };
    const Scopes good{Scope::kRecommend};
    EXPECT_THAT(refused({.name = "", .scopes = good}), HasSubstr("name"));
    EXPECT_THAT(refused({.name = std::string(201, 'x'), .scopes = good}), HasSubstr("name"));
    EXPECT_THAT(refused({.name = "x", .scopes = {}}), HasSubstr("at least one"));
    EXPECT_THAT(refused({.name = "x", .scopes = {Scope::kAccountsAdmin}}), HasSubstr("may have"));
    EXPECT_THAT(refused({.name = "x", .scopes = good, .expires_at = clock_.now()}),
                HasSubstr("passed"));
    EXPECT_THAT(keys().list({}).value(), SizeIs(0));
}

TEST_F(ApiKeysTest, AreListedWithTheirLastUse) {
    const IssuedApiKey issued = issue();
    EXPECT_EQ(keys().list({})->front().last_used_at, std::nullopt);
    ASSERT_TRUE(service_->authenticate(issued.secret));
    EXPECT_EQ(keys().list({})->front().last_used_at, clock_.now());
    const Timestamp first = clock_.now();
    ASSERT_TRUE(service_->maintain());
    pass_s(10);
    open_service();
    const auto listed = keys().list({});
    ASSERT_THAT(*listed, SizeIs(1));
    EXPECT_EQ(listed->front().last_used_at, first);
    EXPECT_EQ(listed->front().created_by, "anna");
    EXPECT_EQ(listed->front().scopes, issued.key.scopes);
}

TEST_F(ApiKeysTest, GrantTokensWithSomeOfTheirScopes) {
    const IssuedApiKey issued = issue();
    const auto some = keys().grant(issued.key.id, issued.secret, "recommend");
    ASSERT_TRUE(some) << some.error().message;
    EXPECT_EQ(some->expires_in_s, 600);
    EXPECT_EQ(some->scopes, Scopes{Scope::kRecommend});
    const auto principal = service_->authenticate(some->access_token);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->key(), "key:" + issued.key.id);
    EXPECT_EQ(principal->scopes, Scopes{Scope::kRecommend});
    EXPECT_EQ(keys().grant(issued.key.id, issued.secret, "")->scopes, issued.key.scopes);
    pass_s(600 + 30);
    EXPECT_EQ(refusal(some->access_token), ErrorCode::kUnauthenticated);
}

TEST_F(ApiKeysTest, GrantNothingBeyondThem) {
    const IssuedApiKey issued = issue();
    const IssuedApiKey other = issue();
    const auto code = [&](const std::string& id, const std::string& secret,
                          const std::string& scopes) {
        return keys().grant(id, secret, scopes).error().code;
    };
    EXPECT_EQ(code(issued.key.id, issued.secret, "export"), ErrorCode::kForbidden);
    EXPECT_EQ(code(issued.key.id, issued.secret, "recommend accounts:admin"),
              ErrorCode::kForbidden);
    EXPECT_EQ(code(issued.key.id, issued.secret, "all"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code(issued.key.id, other.secret, ""), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code(issued.key.id, "", ""), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code("", "", ""), ErrorCode::kUnauthenticated);
}

}  // namespace
}  // namespace attune
