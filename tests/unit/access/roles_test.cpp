#include "access/roles.hpp"

#include <gmock/gmock.h>

#include "access/principal.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

TEST(Scopes, AreReadAndWrittenByName) {
    const auto scopes = Scopes::parse(" recommend,customers:read  metrics recommend ");
    ASSERT_TRUE(scopes);
    EXPECT_EQ(scopes->text(), "customers:read recommend metrics");
    EXPECT_TRUE(scopes->contains(Scope::kRecommend));
    EXPECT_FALSE(scopes->contains(Scope::kExport));
    EXPECT_TRUE(Scopes::parse("")->empty());
    EXPECT_EQ(Scopes::parse(Scopes::all().text()), Scopes::all());
}

TEST(Scopes, NamesTheOneThatIsNone) {
    for (const char* text : {"recommend everything", "RECOMMEND", "customers", "read\n"}) {
        const auto scopes = Scopes::parse(text);
        ASSERT_FALSE(scopes) << text;
        EXPECT_EQ(scopes.error().code, ErrorCode::kInvalidArgument);
    }
    EXPECT_THAT(Scopes::parse("recommend everything").error().message, HasSubstr("'everything'"));
}

TEST(Scopes, FormSets) {
    const Scopes few{Scope::kRecommend, Scope::kStream};
    EXPECT_TRUE(Scopes::all().contains(few));
    EXPECT_FALSE(few.contains(Scopes{Scope::kRecommend, Scope::kExport}));
    EXPECT_EQ((few & Scopes{Scope::kStream, Scope::kExport}), Scopes{Scope::kStream});
    EXPECT_TRUE(few.contains(Scopes()));
}

TEST(Roles, MayDoWhatIsWritten) {
    EXPECT_EQ(scopes_of(Role::kAdministrator), Scopes::all());
    for (const Role role : {Role::kAnalyst, Role::kAdviser, Role::kService}) {
        EXPECT_FALSE(scopes_of(role).contains(Scope::kAccountsAdmin)) << role_name(role);
        EXPECT_TRUE(scopes_of(role).contains(Scope::kRecommend)) << role_name(role);
    }
    EXPECT_TRUE(scopes_of(Role::kAnalyst).contains(Scope::kModelsTrain));
    EXPECT_TRUE(scopes_of(Role::kAnalyst).contains(Scope::kSettingsWrite));
    EXPECT_FALSE(scopes_of(Role::kAnalyst).contains(Scope::kCustomersWrite));
    for (const Scope scope : {Scope::kImport, Scope::kExport, Scope::kModelsTrain, Scope::kStream,
                              Scope::kProductsWrite, Scope::kSettingsRead}) {
        EXPECT_FALSE(scopes_of(Role::kAdviser).contains(scope)) << scope_name(scope);
    }
    EXPECT_FALSE(scopes_of(Role::kService).contains(Scope::kSettingsWrite));
}

TEST(Roles, HaveNames) {
    for (const Role role : {Role::kAdministrator, Role::kAnalyst, Role::kAdviser, Role::kService}) {
        EXPECT_EQ(parse_role(role_name(role)), role);
    }
    EXPECT_EQ(parse_role("king").error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(parse_role("king").error().message, HasSubstr("adviser"));
}

TEST(Principal, AdvisersSeeTheirCustomersOnly) {
    Principal adviser;
    adviser.role = Role::kAdviser;
    EXPECT_FALSE(adviser.may_see_customer("c1"));
    adviser.assigned = std::make_shared<const CustomerIds>(CustomerIds{"c1"});
    EXPECT_TRUE(adviser.may_see_customer("c1"));
    EXPECT_FALSE(adviser.may_see_customer("c2"));
    EXPECT_FALSE(adviser.may_see_customer(""));
    Principal analyst;
    analyst.role = Role::kAnalyst;
    EXPECT_TRUE(analyst.may_see_customer("c2"));
    EXPECT_FALSE(analyst.permits(Scope::kRecommend)) << "no scope unless given";
}

}  // namespace
}  // namespace attune
