#include "access/access_service.hpp"

#include <gmock/gmock.h>

#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

class AccessServiceTest : public AccessFixture {
 protected:
    void SetUp() override {
        AccessFixture::SetUp();
        add_account("anna", Role::kAnalyst);
    }
};

TEST_F(AccessServiceTest, RefusesWhatIsNoCredential) {
    for (const std::string text : {"", "Bearer", "null", "a.b.c", "anna", "atr_x", "atk_x"}) {
        EXPECT_EQ(refusal(text), ErrorCode::kUnauthenticated) << text;
    }
}

TEST_F(AccessServiceTest, TokensOutliveARestart) {
    const SignedIn session = sign_in("anna");
    open_service();
    EXPECT_TRUE(service_->authenticate(session.access_token));
    EXPECT_TRUE(service_->sessions().refresh(session.refresh_token));
}

TEST_F(AccessServiceTest, ARevokedSessionStaysRevokedAfterARestart) {
    const SignedIn session = sign_in("anna");
    ASSERT_TRUE(service_->sessions().sign_out(session.principal));
    open_service();
    EXPECT_EQ(refusal(session.access_token), ErrorCode::kUnauthenticated);
}

TEST_F(AccessServiceTest, TokensOfAnotherServiceAreRefused) {
    TemporaryFolder folder;
    auto other_database = open_database("sqlite:" + (folder / "other.db").string());
    ASSERT_TRUE(other_database);
    auto other = AccessService::open(**other_database, clock_, options_);
    ASSERT_TRUE(other);
    const SignedIn session = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(session.access_token));
    EXPECT_FALSE((*other)->authenticate(session.access_token));
}

TEST_F(AccessServiceTest, ChangesByAnotherProgramCountAfterAWhile) {
    const SignedIn session = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(session.access_token));
    ASSERT_TRUE(database_->write([](Stores& stores) { return stores.accounts().remove("anna"); }));
    pass_s(29);
    EXPECT_TRUE(service_->authenticate(session.access_token));
    pass_s(1);
    EXPECT_EQ(refusal(session.access_token), ErrorCode::kUnauthenticated);
}

TEST_F(AccessServiceTest, ATokenThatIsRememberedStillExpires) {
    options_.remembered_s = 3'600;
    open_service();
    const SignedIn session = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(session.access_token));
    pass_s(600 + 29);
    EXPECT_TRUE(service_->authenticate(session.access_token)) << "within the skew";
    pass_s(1);
    EXPECT_EQ(refusal(session.access_token), ErrorCode::kUnauthenticated);
    ASSERT_TRUE(service_->authenticate(sign_in("anna").access_token));
    const SignedIn last = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(last.access_token));
    ASSERT_TRUE(service_->sessions().sign_out(last.principal));
    EXPECT_EQ(refusal(last.access_token), ErrorCode::kUnauthenticated);
}

TEST_F(AccessServiceTest, NoDatabaseIsAskedForWhoIsKnown) {
    const SignedIn session = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(session.access_token));
    // All read sessions are taken: a read now would wait for ever.
    const DatabaseOptions options;
    std::function<Status(std::size_t)> hold = [&](std::size_t depth) -> Status {
        if (depth > 0) {
            return database_->read([&](Stores&) { return hold(depth - 1); });
        }
        EXPECT_TRUE(service_->authenticate(session.access_token));
        return {};
    };
    EXPECT_TRUE(hold(options.num_read_sessions));
}

TEST_F(AccessServiceTest, KeysAreRenewedWithoutEndingSessions) {
    const SignedIn session = sign_in("anna");
    pass_s(90 * 86'400);
    ASSERT_TRUE(service_->maintain());
    EXPECT_FALSE(service_->authenticate(session.access_token)) << "expired long ago";
    const SignedIn before = sign_in("anna");
    pass_s(60);
    ASSERT_TRUE(service_->maintain());
    const SignedIn after = sign_in("anna");
    EXPECT_TRUE(service_->authenticate(before.access_token));
    EXPECT_TRUE(service_->authenticate(after.access_token));
}

TEST_F(AccessServiceTest, MaintenanceRemovesWhatHasExpired) {
    for (int i = 0; i < 3; ++i) sign_in("anna");
    pass_s(13 * 3'600);
    const SignedIn kept = sign_in("anna");
    ASSERT_TRUE(service_->maintain());
    EXPECT_TRUE(database_->write([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.refresh_tokens().purge(clock_.now(), 100), 0U);
        EXPECT_TRUE(stores.refresh_tokens().newest_of(kept.principal.session)->has_value());
        return {};
    }));
}

}  // namespace
}  // namespace attune
