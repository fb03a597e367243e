#include "access/signing_keys.hpp"

#include <gmock/gmock.h>

#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SigningKeysTest : public AccessFixture {
 protected:
    SigningKeys load(double after_days) {
        const Timestamp now = add_days(clock_.now(), after_days);
        return load_signing_keys(*database_, now, 90, 3'600).value();
    }
};

TEST_F(SigningKeysTest, AreMadeOnceAndKept) {
    const SigningKeys first = load(0);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first.front().secret.size(), 32U);
    const SigningKeys again = load(89);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again.front().secret, first.front().secret);
    EXPECT_EQ(again.front().id, first.front().id);
}

TEST_F(SigningKeysTest, AreRenewedWithAnOverlap) {
    const std::string first = load(0).front().id;
    const SigningKeys two = load(90);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_NE(two[0].id, first);
    EXPECT_EQ(two[1].id, first);
    EXPECT_NE(two[0].secret, two[1].secret);
    EXPECT_EQ(load(90 + 0.04).size(), 2U) << "59 minutes later";
    const SigningKeys one = load(90 + 0.05);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one.front().id, two.front().id);
}

TEST_F(SigningKeysTest, AfterALongSleepOnlyTheNewOneStays) {
    load(0);
    const SigningKeys two = load(90);
    const SigningKeys later = load(400);
    ASSERT_EQ(later.size(), 2U) << "the newest and the one that signed until now";
    EXPECT_EQ(later[1].id, two[0].id);
}

TEST_F(SigningKeysTest, ThatAreDamagedAreSaidToBeWithoutQuotingThem) {
    for (const std::string text : {"", "{}", "[]", "[1]", R"([{"id":"x","secret":[1,2,3]}])",
                                   R"([{"id":"x","secret":"topsecret","made_at_ms":1}])"}) {
        const Status put = database_->write(
            [&](Stores& stores) { return stores.secrets().put("access.signing_keys", text); });
        ASSERT_TRUE(put);
        const auto keys = load_signing_keys(*database_, clock_.now(), 90, 60);
        ASSERT_FALSE(keys) << text;
        EXPECT_EQ(keys.error().code, ErrorCode::kCorrupt);
        EXPECT_THAT(keys.error().message, Not(HasSubstr("topsecret")));
    }
}

}  // namespace
}  // namespace attune
