#include <gmock/gmock.h>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AccessStores : public StorageContract {
 protected:
    void put_account(const std::string& name) {
        write([&](Stores& stores) { return stores.accounts().add(make_account(name)); });
    }
    static Account make_account(const std::string& name) {
        Account account;
        account.name = name;
        account.display_name = "Zoë " + name;
        account.role = "adviser";
        account.password_hash = "$argon2id$x";
        account.created_at = Timestamp{1'000};
        return account;
    }
    static RefreshToken make_token(const std::string& hash, const std::string& family,
                                   std::int64_t issued_ms) {
        return {.token_hash = hash,
                .family = family,
                .account = "anna",
                .started_at = Timestamp{1'000},
                .issued_at = Timestamp{issued_ms},
                .expires_at = Timestamp{issued_ms + 1'000}};
    }
};
ATTUNE_FOR_ALL_BACK_ENDS(AccessStores);

TEST_P(AccessStores, AccountsAreReadBackAsTheyWereStored) {
    Account full = make_account("anna");
    full.must_change_password = true;
    full.disabled = true;
    full.failed_sign_ins = 3;
    full.locked_until = Timestamp{5'000};
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.accounts().add(full));
        return stores.accounts().add(make_account("bert"));
    });
    open();
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.accounts().get("anna"), full);
        EXPECT_EQ(stores.accounts().get("bert"), make_account("bert"));
        EXPECT_EQ(stores.accounts().count(), 2U);
        ATTUNE_ASSIGN(const auto page, stores.accounts().list({.after = "anna", .limit = 5}));
        EXPECT_THAT(page, ElementsAre(make_account("bert")));
        return {};
    });
}

TEST_P(AccessStores, ANameIsTakenOnce) {
    put_account("anna");
    const Status again = database_->write(
        [](Stores& stores) { return stores.accounts().add(make_account("anna")); });
    EXPECT_EQ(again.error().code, ErrorCode::kConflict);
    EXPECT_THAT(again.error().message, HasSubstr("'anna'"));
    const Status nameless =
        database_->write([](Stores& stores) { return stores.accounts().add(make_account("")); });
    EXPECT_EQ(nameless.error().code, ErrorCode::kInvalidArgument);
}

TEST_P(AccessStores, AccountsAreChangedAndRemoved) {
    put_account("anna");
    write([](Stores& stores) -> Status {
        Account changed = make_account("anna");
        changed.role = "analyst";
        changed.created_at = Timestamp{9};
        ATTUNE_TRY(stores.accounts().change(changed));
        ATTUNE_ASSIGN(const Account stored, stores.accounts().get("anna"));
        EXPECT_EQ(stored.role, "analyst");
        EXPECT_EQ(stored.created_at, Timestamp{1'000});
        EXPECT_EQ(stores.accounts().change(make_account("who")).error().code, ErrorCode::kNotFound);
        ATTUNE_TRY(stores.accounts().remove("anna"));
        EXPECT_EQ(stores.accounts().get("anna").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.accounts().remove("anna").error().code, ErrorCode::kNotFound);
        return {};
    });
}

TEST_P(AccessStores, CustomersAreAssignedAsASet) {
    put_nouns();
    put_account("anna");
    write([](Stores& stores) -> Status {
        const std::vector<std::string> first{"c2", "c1", "c2"};
        ATTUNE_TRY(stores.accounts().assign("anna", first));
        EXPECT_EQ(stores.accounts().num_assigned("anna"), 2U);
        const std::vector<std::string> second{"c3", "c2"};
        ATTUNE_TRY(stores.accounts().assign("anna", second));
        return {};
    });
    read([](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto ids, stores.accounts().assigned("anna", {}));
        EXPECT_THAT(ids, ElementsAre("c2", "c3"));
        ATTUNE_ASSIGN(const auto rest, stores.accounts().assigned("anna", {"c2", 10}));
        EXPECT_THAT(rest, ElementsAre("c3"));
        EXPECT_EQ(stores.accounts().is_assigned("anna", "c2"), true);
        EXPECT_EQ(stores.accounts().is_assigned("anna", "c1"), false);
        EXPECT_EQ(stores.accounts().is_assigned("nobody", "c2"), false);
        ATTUNE_ASSIGN(const auto none, stores.accounts().assigned("nobody", {}));
        EXPECT_THAT(none, IsEmpty());
        return {};
    });
}

TEST_P(AccessStores, AnAssignmentThatCannotBeLeavesTheOldOne) {
    put_nouns();
    put_account("anna");
    write([](Stores& stores) -> Status {
        const std::vector<std::string> good{"c1"};
        ATTUNE_TRY(stores.accounts().assign("anna", good));
        const std::vector<std::string> bad{"c2", "nobody"};
        EXPECT_EQ(stores.accounts().assign("anna", bad).error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.accounts().assign("nobody", good).error().code, ErrorCode::kNotFound);
        ATTUNE_ASSIGN(const auto ids, stores.accounts().assigned("anna", {}));
        EXPECT_THAT(ids, ElementsAre("c1"));
        return {};
    });
}

TEST_P(AccessStores, AnAssignmentEndsWithEitherSide) {
    put_nouns();
    put_account("anna");
    put_account("bert");
    write([](Stores& stores) -> Status {
        const std::vector<std::string> ids{"c1", "c2"};
        ATTUNE_TRY(stores.accounts().assign("anna", ids));
        ATTUNE_TRY(stores.accounts().assign("bert", ids));
        ATTUNE_TRY(stores.customers().remove("c1"));
        EXPECT_EQ(stores.accounts().num_assigned("anna"), 1U);
        ATTUNE_TRY(stores.accounts().remove("anna"));
        ATTUNE_TRY(stores.accounts().add(make_account("anna")));
        EXPECT_EQ(stores.accounts().num_assigned("anna"), 0U);
        EXPECT_EQ(stores.accounts().num_assigned("bert"), 1U);
        return {};
    });
}

TEST_P(AccessStores, ApiKeysAreKeptRevokedAndNoted) {
    const ApiKey full{.id = "k1",
                      .name = "Core banking",
                      .secret_hash = "ab12",
                      .scopes = "recommend events:write",
                      .created_at = Timestamp{1},
                      .created_by = "anna",
                      .expires_at = Timestamp{9},
                      .last_used_at = Timestamp{5}};
    const ApiKey plain{.id = "k2", .secret_hash = "cd", .created_at = Timestamp{2}};
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.api_keys().add(full));
        ATTUNE_TRY(stores.api_keys().add(plain));
        EXPECT_EQ(stores.api_keys().add(full).error().code, ErrorCode::kConflict);
        EXPECT_EQ(stores.api_keys().add({}).error().code, ErrorCode::kInvalidArgument);
        return {};
    });
    write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto keys, stores.api_keys().list({}));
        EXPECT_THAT(keys, ElementsAre(full, plain));
        const std::vector<ApiKeyUse> uses{
            {"k1", Timestamp{4}}, {"k2", Timestamp{7}}, {"gone", Timestamp{7}}};
        ATTUNE_TRY(stores.api_keys().note_use(uses));
        EXPECT_EQ(stores.api_keys().get("k1")->last_used_at, Timestamp{5});
        EXPECT_EQ(stores.api_keys().get("k2")->last_used_at, Timestamp{7});
        ATTUNE_TRY(stores.api_keys().revoke("k1"));
        EXPECT_TRUE(stores.api_keys().get("k1")->revoked);
        EXPECT_FALSE(stores.api_keys().get("k2")->revoked);
        EXPECT_EQ(stores.api_keys().revoke("gone").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.api_keys().get("gone").error().code, ErrorCode::kNotFound);
        return {};
    });
}

TEST_P(AccessStores, ARefreshTokenIsUsedOnce) {
    put_account("anna");
    write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.refresh_tokens().add(make_token("h1", "f1", 2'000)));
        EXPECT_EQ(stores.refresh_tokens().find("h1").value(), make_token("h1", "f1", 2'000));
        EXPECT_EQ(stores.refresh_tokens().find("h2").value(), std::nullopt);
        ATTUNE_ASSIGN(const auto first, stores.refresh_tokens().use("h1", Timestamp{2'500}));
        EXPECT_EQ(first.state, RefreshTokenState::kUsed);
        EXPECT_EQ(first.token.account, "anna");
        EXPECT_EQ(first.token.started_at, Timestamp{1'000});
        EXPECT_EQ(first.token.used_at, Timestamp{2'500});
        ATTUNE_ASSIGN(const auto second, stores.refresh_tokens().use("h1", Timestamp{2'600}));
        EXPECT_EQ(second.state, RefreshTokenState::kReplayed);
        EXPECT_EQ(second.token.used_at, Timestamp{2'500});
        const auto unknown = stores.refresh_tokens().use("h2", Timestamp{0});
        EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
        return {};
    });
}

TEST_P(AccessStores, RefreshTokensExpireAndAreRevoked) {
    put_account("anna");
    write([](Stores& stores) -> Status {
        RefreshTokenStore& tokens = stores.refresh_tokens();
        for (const char* name : {"a1", "a2", "b1", "c1"}) {
            ATTUNE_TRY(tokens.add(make_token(name, std::string(1, name[0]), 2'000)));
        }
        EXPECT_EQ(tokens.use("a1", Timestamp{3'000})->state, RefreshTokenState::kExpired);
        ATTUNE_TRY(tokens.revoke_family("a"));
        EXPECT_EQ(tokens.use("a2", Timestamp{2'500})->state, RefreshTokenState::kRevoked);
        EXPECT_EQ(tokens.families_of("anna", Timestamp{2'500}).value(),
                  (std::vector<std::string>{"b", "c"}));
        ATTUNE_TRY(tokens.revoke_account("anna", "b"));
        EXPECT_EQ(tokens.families_of("anna", Timestamp{2'500}).value(),
                  (std::vector<std::string>{"b"}));
        EXPECT_THAT(tokens.families_of("anna", Timestamp{3'500}).value(), IsEmpty());
        ATTUNE_TRY(tokens.revoke_account("anna"));
        EXPECT_EQ(tokens.use("b1", Timestamp{2'500})->state, RefreshTokenState::kRevoked);
        return {};
    });
}

TEST_P(AccessStores, TheNewestTokenOfAFamilyTellsItsState) {
    put_account("anna");
    write([](Stores& stores) -> Status {
        RefreshTokenStore& tokens = stores.refresh_tokens();
        ATTUNE_TRY(tokens.add(make_token("h1", "f", 2'000)));
        ATTUNE_TRY(tokens.use("h1", Timestamp{2'100}));
        ATTUNE_TRY(tokens.add(make_token("h2", "f", 2'100)));
        EXPECT_EQ(tokens.newest_of("f").value()->token_hash, "h2");
        EXPECT_EQ(tokens.newest_of("g").value(), std::nullopt);
        EXPECT_EQ(tokens.add(make_token("h2", "f", 1)).error().code, ErrorCode::kConflict);
        RefreshToken stray = make_token("h3", "f", 1);
        stray.account = "nobody";
        EXPECT_EQ(tokens.add(stray).error().code, ErrorCode::kNotFound);
        ATTUNE_TRY(stores.accounts().remove("anna"));
        EXPECT_EQ(tokens.newest_of("f").value(), std::nullopt);
        return {};
    });
}

TEST_P(AccessStores, ExpiredRefreshTokensArePurgedAFewAtATime) {
    put_account("anna");
    write([](Stores& stores) -> Status {
        for (int i = 0; i < 5; ++i) {
            ATTUNE_TRY(
                stores.refresh_tokens().add(make_token("h" + std::to_string(i), "f", 1'000 * i)));
        }
        EXPECT_EQ(stores.refresh_tokens().purge(Timestamp{4'000}, 2), 2U);
        EXPECT_EQ(stores.refresh_tokens().purge(Timestamp{4'000}, 10), 1U);
        EXPECT_EQ(stores.refresh_tokens().purge(Timestamp{4'000}, 10), 0U);
        return {};
    });
}

TEST_P(AccessStores, SecretsAreAnyBytes) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.secrets().put("key", "old"));
        ATTUNE_TRY(stores.secrets().put("key", bytes));
        ATTUNE_TRY(stores.secrets().put("empty", ""));
        EXPECT_EQ(stores.secrets().put("", bytes).error().code, ErrorCode::kInvalidArgument);
        return {};
    });
    open();
    write([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.secrets().get("key"), bytes);
        EXPECT_EQ(stores.secrets().get("empty"), "");
        ATTUNE_TRY(stores.secrets().remove("key"));
        EXPECT_EQ(stores.secrets().get("key").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.secrets().remove("key").error().code, ErrorCode::kNotFound);
        return {};
    });
}

TEST_P(AccessStores, NothingIsWrittenWithinARead) {
    put_account("anna");
    read([](Stores& stores) -> Status {
        const auto forbidden = [](const auto& result) {
            EXPECT_EQ(result.error().code, ErrorCode::kForbidden);
        };
        forbidden(stores.accounts().add(make_account("x")));
        forbidden(stores.accounts().change(make_account("anna")));
        forbidden(stores.accounts().remove("anna"));
        forbidden(stores.accounts().assign("anna", {}));
        forbidden(stores.api_keys().add({.id = "k"}));
        forbidden(stores.api_keys().revoke("k"));
        forbidden(stores.refresh_tokens().add(make_token("h", "f", 1)));
        forbidden(stores.refresh_tokens().use("h", Timestamp{1}));
        forbidden(stores.refresh_tokens().revoke_family("f"));
        forbidden(stores.secrets().put("s", "x"));
        forbidden(stores.decisions().append({}));
        forbidden(stores.jobs().put({.id = "j"}));
        forbidden(stores.idempotency().put_if_absent({}, {}));
        forbidden(stores.settings().put({.key = "k"}));
        forbidden(stores.products().remove("p"));
        return {};
    });
}

}  // namespace
}  // namespace attune
