#include "access/accounts.hpp"

#include <gmock/gmock.h>

#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AccountsTest : public AccessFixture {
 protected:
    Accounts& accounts() { return service_->accounts(); }
    ErrorCode create(const NewAccount& account) { return accounts().create(account).error().code; }
};

TEST_F(AccountsTest, TheFirstStartMakesAnAdministrator) {
    const auto first = accounts().ensure_administrator();
    ASSERT_TRUE(first && first->has_value());
    EXPECT_EQ((*first)->account.name, "administrator");
    EXPECT_EQ((*first)->account.role, Role::kAdministrator);
    EXPECT_TRUE((*first)->account.must_change_password);
    const auto session = service_->sessions().sign_in("administrator", (*first)->one_time_password);
    EXPECT_TRUE(session && std::holds_alternative<SignedIn>(*session));
    const auto again = accounts().ensure_administrator();
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->has_value());
}

TEST_F(AccountsTest, AreMadeWithNamesInLowerCase) {
    const auto issued = accounts().create(
        {.name = "Anna.Berg@bank", .display_name = "Anna Berg", .role = Role::kAnalyst});
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->account.name, "anna.berg@bank");
    EXPECT_EQ(issued->account.created_at, clock_.now());
    EXPECT_EQ(accounts().get("ANNA.berg@bank")->display_name, "Anna Berg");
    EXPECT_EQ(create({.name = "ANNA.BERG@BANK", .display_name = "", .role = Role::kAnalyst}),
              ErrorCode::kConflict);
    EXPECT_EQ(accounts().get("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(AccountsTest, AreCheckedWhenMade) {
    for (const std::string name : {"", " ", "an na", "a/b", "ännä", "a\nb", "<b>"}) {
        EXPECT_EQ(create({.name = name, .display_name = "", .role = Role::kAnalyst}),
                  ErrorCode::kInvalidArgument)
            << name;
    }
    EXPECT_EQ(create({.name = std::string(65, 'a'), .display_name = "", .role = Role::kAnalyst}),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(create({.name = "x", .display_name = std::string(201, 'a'), .role = Role::kAnalyst}),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(create({.name = "x", .display_name = "", .role = Role::kService}),
              ErrorCode::kInvalidArgument);
    EXPECT_THAT(accounts().list({}).value(), IsEmpty());
}

TEST_F(AccountsTest, ThereIsAlwaysAnAdministrator) {
    add_account("boss", Role::kAdministrator);
    add_account("anna", Role::kAnalyst);
    const auto refused = [&](const Status& status) {
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kConflict);
        EXPECT_THAT(status.error().message, HasSubstr("last administrator"));
    };
    const auto change = [&](const std::string& name, const AccountChange& wanted) -> Status {
        ATTUNE_TRY(accounts().change(name, wanted));
        return {};
    };
    refused(accounts().remove("boss"));
    refused(change("boss", {.role = Role::kAnalyst}));
    refused(change("boss", {.disabled = true}));
    EXPECT_TRUE(change("boss", {.display_name = "The boss"}));
    EXPECT_TRUE(change("boss", {.reset_password = true}));

    add_account("deputy", Role::kAdministrator);
    EXPECT_TRUE(change("deputy", {.disabled = true}));
    refused(accounts().remove("boss"));
    EXPECT_TRUE(change("deputy", {.disabled = false}));
    EXPECT_TRUE(accounts().remove("boss"));
    refused(accounts().remove("deputy"));
    EXPECT_TRUE(accounts().remove("anna"));
    EXPECT_EQ(accounts().remove("anna").error().code, ErrorCode::kNotFound);
}

TEST_F(AccountsTest, ChangesCountInTheNextRequest) {
    add_account("boss", Role::kAdministrator);
    add_account("anna", Role::kAnalyst);
    const std::string token = sign_in("anna").access_token;
    ASSERT_TRUE(service_->authenticate(token)->permits(Scope::kImport));
    ASSERT_TRUE(accounts().change("anna", {.role = Role::kAdviser, .display_name = "A"}));
    EXPECT_FALSE(service_->authenticate(token)->permits(Scope::kImport));
    EXPECT_EQ(service_->authenticate(token)->display_name, "A");
    ASSERT_TRUE(accounts().change("anna", {.disabled = true}));
    EXPECT_EQ(refusal(token), ErrorCode::kUnauthenticated);
    ASSERT_TRUE(accounts().change("anna", {.disabled = false}));
    EXPECT_EQ(refusal(token), ErrorCode::kUnauthenticated) << "its sessions have ended";
    const std::string later = sign_in("anna").access_token;
    ASSERT_TRUE(accounts().remove("anna"));
    EXPECT_EQ(refusal(later), ErrorCode::kUnauthenticated);
}

TEST_F(AccountsTest, AResetEndsSessionsAndLocks) {
    add_account("anna", Role::kAnalyst);
    const SignedIn session = sign_in("anna");
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(service_->sessions().sign_in("anna", "not the right one"));
    }
    EXPECT_TRUE(accounts().get("anna")->locked_until.has_value());
    const auto reset = accounts().reset_password("anna");
    ASSERT_TRUE(reset) << reset.error().message;
    EXPECT_FALSE(reset->account.locked_until.has_value());
    EXPECT_EQ(refusal(session.access_token), ErrorCode::kUnauthenticated);
    EXPECT_FALSE(service_->sessions().refresh(session.refresh_token));
    EXPECT_FALSE(service_->sessions().sign_in("anna", password_of("anna")));
    EXPECT_TRUE(service_->sessions().sign_in("anna", reset->one_time_password));
    EXPECT_EQ(accounts().reset_password("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(AccountsTest, AdvisersSeeWhomTheyAreAssigned) {
    put_customers();
    add_account("anna", Role::kAdviser);
    const std::string token = sign_in("anna").access_token;
    EXPECT_FALSE(service_->authenticate(token)->may_see_customer("c1"));
    const std::vector<std::string> ids{"c1", "c3"};
    ASSERT_TRUE(accounts().assign("anna", ids));
    EXPECT_TRUE(service_->authenticate(token)->may_see_customer("c1"));
    EXPECT_FALSE(service_->authenticate(token)->may_see_customer("c2"));
    EXPECT_THAT(accounts().assigned("anna").value(), ElementsAre("c1", "c3"));
    EXPECT_EQ(accounts().get("anna")->num_customers, 2U);
    ASSERT_TRUE(database_->write([](Stores& stores) { return stores.customers().remove("c1"); }));
    service_->customer_removed();
    EXPECT_FALSE(service_->authenticate(token)->may_see_customer("c1"));
    EXPECT_EQ(accounts().assigned("nobody").error().code, ErrorCode::kNotFound);
    const std::vector<std::string> unknown{"c9"};
    EXPECT_EQ(accounts().assign("anna", unknown).error().code, ErrorCode::kNotFound);
}

TEST_F(AccountsTest, AreListedInPages) {
    for (const char* name : {"bert", "anna", "carl"}) {
        ASSERT_TRUE(accounts().create({.name = name, .display_name = "", .role = Role::kAdviser}));
    }
    const auto page = accounts().list({.after = "anna", .limit = 1});
    ASSERT_THAT(*page, SizeIs(1));
    EXPECT_EQ(page->front().name, "bert");
}

}  // namespace
}  // namespace attune
