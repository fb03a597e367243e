#include "cli/program.hpp"

namespace attune {
namespace {

/// Cheap hashes: what is tested is not their strength.
constexpr const char* kQuickHashes =
    " --database sqlite:u.db --set access.password_memory_mib=8"
    " --set access.password_passes=1";

class Users : public Program {
 protected:
    Outcome user(const std::string& arguments) { return run("user " + arguments + kQuickHashes); }
};

TEST_F(Users, AreAddedListedResetAndRemoved) {
    const Outcome added = user("add Anna.Berg --role administrator --display-name 'Anna B' --json");
    ASSERT_EQ(added.status, 0) << added.err;
    EXPECT_EQ(added.last()["account"]["name"], "anna.berg");
    EXPECT_EQ(added.last()["account"]["role"], "administrator");
    const std::string first = added.last()["one_time_password"];
    EXPECT_EQ(first.size(), 23U);
    const Outcome plain = user("add bert --role adviser");
    EXPECT_NE(plain.out.find("One-time password: "), std::string::npos);

    const Outcome listed = user("list");
    EXPECT_NE(listed.out.find("anna.berg"), std::string::npos);
    EXPECT_NE(listed.out.find("Anna B"), std::string::npos);
    EXPECT_NE(listed.out.find("0 customers"), std::string::npos);
    EXPECT_EQ(listed.out.find(first), std::string::npos);

    const Outcome reset = user("reset anna.berg --json");
    ASSERT_EQ(reset.status, 0) << reset.err;
    EXPECT_NE(reset.last()["one_time_password"], first);
    EXPECT_EQ(user("remove bert").status, 0);
    EXPECT_EQ(user("list").out.find("bert"), std::string::npos);
}

TEST_F(Users, RefusesWhatCannotBe) {
    ASSERT_EQ(user("add anna --role administrator").status, 0);
    EXPECT_EQ(user("add anna --role analyst").status, 4);
    EXPECT_EQ(user("add 'an na' --role analyst").status, 2);
    EXPECT_EQ(user("add bert --role king").status, 2);
    EXPECT_EQ(user("add bert").status, 2);
    EXPECT_EQ(user("").status, 2);
    EXPECT_EQ(user("reset nobody").status, 3);
    EXPECT_EQ(user("remove nobody").status, 3);
    const Outcome last = user("remove anna");
    EXPECT_EQ(last.status, 4);
    EXPECT_NE(last.err.find("last administrator"), std::string::npos);
}

}  // namespace
}  // namespace attune
