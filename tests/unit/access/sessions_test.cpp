#include "access/sessions.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SessionsTest : public AccessFixture {
 protected:
    void SetUp() override {
        AccessFixture::SetUp();
        add_account("anna", Role::kAnalyst);
    }
    Sessions& sessions() { return service_->sessions(); }

    ErrorCode wrong_password(const std::string& name = "anna") {
        const auto session = sessions().sign_in(name, "not the right one");
        return session ? ErrorCode::kTooManyRequests : session.error().code;
    }
    /// Seconds until the account may try again; 0: it may.
    std::int64_t locked_for_s(const std::string& name = "anna") {
        const auto session = sessions().sign_in(name, password_of(name));
        if (!session || !std::holds_alternative<LockedOut>(*session)) return 0;
        return std::get<LockedOut>(*session).retry_after_s;
    }
};

TEST_F(SessionsTest, ASignInGivesTokens) {
    const auto signed_in = sessions().sign_in(" ANNA", password_of("anna"));
    ASSERT_TRUE(signed_in && std::holds_alternative<SignedIn>(*signed_in));
    const SignedIn session = std::get<SignedIn>(*signed_in);
    EXPECT_EQ(session.principal.name, "anna");
    EXPECT_EQ(session.principal.role, Role::kAnalyst);
    EXPECT_EQ(session.principal.scopes, scopes_of(Role::kAnalyst));
    EXPECT_FALSE(session.principal.csrf_token.empty());
    EXPECT_EQ(session.access_expires_at, Timestamp{clock_.now().ms + 600'000});
    EXPECT_EQ(session.refresh_expires_at, Timestamp{clock_.now().ms + 12 * 3'600'000});
    const auto principal = service_->authenticate(session.access_token);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_EQ(principal->key(), "account:anna");
    EXPECT_EQ(principal->csrf_token, session.principal.csrf_token);
    EXPECT_TRUE(principal->permits(Scope::kModelsTrain));
}

TEST_F(SessionsTest, WrongNamesAndPasswordsAreRefusedInTheSameWords) {
    const auto wrong = sessions().sign_in("anna", "not the right one");
    const auto unknown = sessions().sign_in("nobody", "not the right one");
    const auto impossible = sessions().sign_in("' OR 1=1 --", "x");
    ASSERT_FALSE(wrong);
    ASSERT_FALSE(unknown);
    ASSERT_FALSE(impossible);
    EXPECT_EQ(wrong.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(unknown.error().message, wrong.error().message);
    EXPECT_EQ(impossible.error().message, wrong.error().message);
    EXPECT_THAT(wrong.error().message, Not(HasSubstr("anna")));
}

TEST_F(SessionsTest, ADisabledAccountCannotSignIn) {
    add_account("boss", Role::kAdministrator);
    ASSERT_TRUE(service_->accounts().change("anna", {.disabled = true}));
    const auto session = sessions().sign_in("anna", password_of("anna"));
    ASSERT_FALSE(session);
    EXPECT_EQ(session.error().code, ErrorCode::kUnauthenticated);
}

TEST_F(SessionsTest, FailuresLockTheAccountForLongerAndLonger) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(locked_for_s() > 0, false) << i;
        ASSERT_TRUE(sessions().sign_out(sign_in("anna").principal));
        for (int j = 0; j < 4; ++j) EXPECT_EQ(wrong_password(), ErrorCode::kUnauthenticated);
    }
    EXPECT_EQ(wrong_password(), ErrorCode::kUnauthenticated);
    EXPECT_EQ(locked_for_s(), 30) << "even with the right password";
    pass_s(29);
    EXPECT_EQ(locked_for_s(), 1);
    pass_s(1);
    EXPECT_EQ(wrong_password(), ErrorCode::kUnauthenticated);
    EXPECT_EQ(locked_for_s(), 60);
    for (int i = 0; i < 10; ++i) {
        pass_s(3'600);
        wrong_password();
    }
    EXPECT_EQ(locked_for_s(), 3'600);
    pass_s(3'600);
    EXPECT_EQ(locked_for_s(), 0);
    EXPECT_EQ(wrong_password(), ErrorCode::kUnauthenticated);
    EXPECT_EQ(locked_for_s(), 0) << "a good sign-in begins anew";
}

TEST_F(SessionsTest, UnknownNamesAreLockedAlike) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(wrong_password("who"), ErrorCode::kUnauthenticated);
    EXPECT_EQ(locked_for_s("who"), 30);
    EXPECT_EQ(locked_for_s("else"), 0);
}

TEST_F(SessionsTest, LocksOutliveARestart) {
    for (int i = 0; i < 5; ++i) wrong_password();
    open_service();
    EXPECT_EQ(locked_for_s(), 30);
}

TEST_F(SessionsTest, ARefreshGivesNewTokensOfTheSameSession) {
    const SignedIn first = sign_in("anna");
    pass_s(700);
    EXPECT_EQ(refusal(first.access_token), ErrorCode::kUnauthenticated);
    const auto second = sessions().refresh(first.refresh_token);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_NE(second->refresh_token, first.refresh_token);
    EXPECT_NE(second->principal.csrf_token, first.principal.csrf_token);
    EXPECT_EQ(second->principal.session, first.principal.session);
    EXPECT_TRUE(service_->authenticate(second->access_token));
}

TEST_F(SessionsTest, AReplayedRefreshTokenEndsTheSession) {
    const SignedIn first = sign_in("anna");
    const SignedIn other = sign_in("anna");
    const auto second = sessions().refresh(first.refresh_token);
    ASSERT_TRUE(second);
    const auto replay = sessions().refresh(first.refresh_token);
    ASSERT_FALSE(replay);
    EXPECT_EQ(replay.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(refusal(second->access_token), ErrorCode::kUnauthenticated);
    EXPECT_FALSE(sessions().refresh(second->refresh_token));
    EXPECT_TRUE(service_->authenticate(other.access_token)) << "other sessions go on";
}

TEST_F(SessionsTest, RefreshTokensThatAreNoneAreRefused) {
    for (const std::string token : {"", "atr_", "atr_x", "' OR 1=1", "atk_x"}) {
        const auto session = sessions().refresh(token);
        ASSERT_FALSE(session) << token;
        EXPECT_EQ(session.error().code, ErrorCode::kUnauthenticated);
    }
    const SignedIn session = sign_in("anna");
    EXPECT_FALSE(sessions().refresh(session.access_token));
    EXPECT_EQ(refusal(session.refresh_token), ErrorCode::kUnauthenticated);
}

TEST_F(SessionsTest, EndsWithoutUseAndInAnyCase) {
    const SignedIn unused = sign_in("anna");
    pass_s(12 * 3'600);
    EXPECT_FALSE(sessions().refresh(unused.refresh_token));
    auto kept = sign_in("anna");
    // Refreshed every six hours, it lasts seven days and no longer.
    for (int i = 0; i < 27; ++i) {
        pass_s(6 * 3'600);
        const auto next = sessions().refresh(kept.refresh_token);
        ASSERT_TRUE(next) << i;
        kept = *next;
    }
    EXPECT_EQ(kept.refresh_expires_at, Timestamp{clock_.now().ms + 6 * 3'600'000});
    pass_s(6 * 3'600);
    EXPECT_FALSE(sessions().refresh(kept.refresh_token));
}

TEST_F(SessionsTest, ASignOutCountsAtOnce) {
    const SignedIn first = sign_in("anna");
    const SignedIn second = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(first.access_token));
    ASSERT_TRUE(sessions().sign_out(first.principal));
    EXPECT_EQ(refusal(first.access_token), ErrorCode::kUnauthenticated);
    EXPECT_FALSE(sessions().refresh(first.refresh_token));
    ASSERT_TRUE(sessions().sign_out(second.refresh_token));
    EXPECT_EQ(refusal(second.access_token), ErrorCode::kUnauthenticated);
    EXPECT_TRUE(sessions().sign_out("atr_unknown"));
}

TEST_F(SessionsTest, ANewPasswordEndsTheOtherSessions) {
    const SignedIn mine = sign_in("anna");
    const SignedIn other = sign_in("anna");
    ASSERT_TRUE(service_->authenticate(other.access_token));
    const std::string chosen = "a much louder fox";
    ASSERT_TRUE(sessions().change_password(mine.principal, password_of("anna"), chosen));
    EXPECT_TRUE(service_->authenticate(mine.access_token));
    EXPECT_EQ(refusal(other.access_token), ErrorCode::kUnauthenticated);
    EXPECT_FALSE(sessions().refresh(other.refresh_token));
    EXPECT_TRUE(sessions().refresh(mine.refresh_token));
    EXPECT_FALSE(sessions().sign_in("anna", password_of("anna")));
    EXPECT_TRUE(sessions().sign_in("anna", chosen));
}

TEST_F(SessionsTest, APasswordChangeAsksForTheOldOne) {
    const Principal principal = sign_in("anna").principal;
    const auto change = [&](const std::string& current, const std::string& chosen) {
        return sessions().change_password(principal, current, chosen).error().code;
    };
    EXPECT_EQ(change("wrong", "a much louder fox"), ErrorCode::kUnauthenticated);
    EXPECT_EQ(change(password_of("anna"), "short"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(change(password_of("anna"), password_of("anna")), ErrorCode::kInvalidArgument);
    for (int i = 0; i < 4; ++i) change("wrong", "a much louder fox");
    EXPECT_EQ(change(password_of("anna"), "a much louder fox"), ErrorCode::kTooManyRequests);
}

TEST_F(SessionsTest, AOneTimePasswordMustBeChangedFirst) {
    const auto issued =
        service_->accounts().create({.name = "bert", .display_name = "", .role = Role::kAnalyst});
    const auto session = sessions().sign_in("bert", issued->one_time_password);
    ASSERT_TRUE(session);
    const SignedIn signed_in = std::get<SignedIn>(*session);
    EXPECT_TRUE(signed_in.principal.must_change_password);
    EXPECT_TRUE(service_->authenticate(signed_in.access_token)->scopes.empty());
    ASSERT_TRUE(sessions().change_password(signed_in.principal, issued->one_time_password,
                                           password_of("bert")));
    const auto principal = service_->authenticate(signed_in.access_token);
    ASSERT_TRUE(principal);
    EXPECT_FALSE(principal->must_change_password);
    EXPECT_TRUE(principal->permits(Scope::kImport));
}

TEST_F(SessionsTest, PasswordsAreHashedAgainWhenTheCostIsRaised) {
    const auto hash_of = [&] {
        std::string hash;
        EXPECT_TRUE(database_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const Account account, stores.accounts().get("anna"));
            hash = account.password_hash;
            return {};
        }));
        return hash;
    };
    EXPECT_THAT(hash_of(), HasSubstr("t=1,"));
    options_.password_passes = 2;
    open_service();
    sign_in("anna");
    EXPECT_THAT(hash_of(), HasSubstr("t=2,"));
    sign_in("anna");
}

TEST_F(SessionsTest, NoSecretIsStored) {
    const SignedIn session = sign_in("anna");
    std::ifstream file(folder_ / "attune.db", std::ios::binary);
    std::ifstream log(folder_ / "attune.db-wal", std::ios::binary);
    const std::string bytes = std::string(std::istreambuf_iterator<char>(file), {}) +
                              std::string(std::istreambuf_iterator<char>(log), {});
    EXPECT_THAT(bytes, HasSubstr("anna"));
    EXPECT_THAT(bytes, Not(HasSubstr(session.refresh_token.substr(4))));
    EXPECT_THAT(bytes, Not(HasSubstr(password_of("anna"))));
}

}  // namespace
}  // namespace attune
