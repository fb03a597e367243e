#include "access/passwords.hpp"

#include <gmock/gmock.h>

#include <set>

#include "access/common_passwords.hpp"
#include "access/secure_random.hpp"
#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::unique_ptr<Passwords> make_passwords(const AccessOptions& options = quick_options()) {
    return std::move(Passwords::create(options).value());
}

TEST(Passwords, AreHashedByArgon2idWithASaltOfTheirOwn) {
    const auto passwords = make_passwords();
    const auto first = passwords->hash("the quiet fox");
    const auto second = passwords->hash("the quiet fox");
    ASSERT_TRUE(first);
    EXPECT_THAT(*first, HasSubstr("$argon2id$v=19$m=8192,t=1,p=1$"));
    EXPECT_NE(*first, *second);
    EXPECT_EQ(passwords->check(*first, "the quiet fox"), PasswordMatch::kRight);
    EXPECT_EQ(passwords->check(*first, "the quiet fix"), PasswordMatch::kWrong);
    EXPECT_EQ(passwords->check(*first, ""), PasswordMatch::kWrong);
}

TEST(Passwords, BytesAfterNulCount) {
    const auto passwords = make_passwords();
    const std::string with_nul("the quiet\0fox", 13);
    const auto hash = passwords->hash(with_nul);
    EXPECT_EQ(passwords->check(*hash, with_nul), PasswordMatch::kRight);
    EXPECT_EQ(passwords->check(*hash, "the quiet"), PasswordMatch::kWrong);
}

TEST(Passwords, NobodyNeverMatches) {
    const auto passwords = make_passwords();
    EXPECT_EQ(passwords->check("", "the quiet fox"), PasswordMatch::kWrong);
    EXPECT_EQ(passwords->check("", ""), PasswordMatch::kWrong);
    EXPECT_EQ(passwords->check("no hash at all", "x"), PasswordMatch::kWrong);
}

TEST(Passwords, SayWhenTheirParametersAreOld) {
    const auto hash = make_passwords()->hash("the quiet fox");
    AccessOptions stronger = quick_options();
    stronger.password_passes = 2;
    const auto passwords = make_passwords(stronger);
    EXPECT_EQ(passwords->check(*hash, "the quiet fox"), PasswordMatch::kRightButOld);
    EXPECT_EQ(passwords->check(*hash, "the quiet fix"), PasswordMatch::kWrong);
}

TEST(Passwords, ThatAreWeakAreRefused) {
    const auto passwords = make_passwords();
    const auto refused = [&](const std::string& password, const std::string& name = "anna") {
        return passwords->check_choice(password, name).error().message;
    };
    EXPECT_THAT(refused("short"), HasSubstr("at least 12"));
    EXPECT_THAT(refused("öööööööööö1"), HasSubstr("at least 12")) << "characters, not bytes";
    EXPECT_THAT(refused(std::string(1'025, 'x')), HasSubstr("1024"));
    EXPECT_THAT(refused("quiet fox \xC3("), HasSubstr("UTF-8"));
    EXPECT_THAT(refused("quiet fox \xED\xA0"), HasSubstr("UTF-8"));
    EXPECT_THAT(refused("I am ANNA of Graz"), HasSubstr("name"));
    for (const char* common :
         {"aaaaaaaaaaaa", "abcdefghijklmn", "123456789012", "098765432109", "PasswordPassword",
          "password!!!!1234", "Qwertyuiop12", "administrator", "willkommen2024!",
          "correct horse battery staple", "90210481516234"}) {
        EXPECT_THAT(refused(common), HasSubstr("first that are tried")) << common;
    }
}

TEST(Passwords, ThatAreGoodAreTaken) {
    const auto passwords = make_passwords();
    for (const std::string good : {"the quiet fox", "żółć gęślą jaźń", "k7pmx-2rfqd-8hwvt-3nzcb",
                                   "my password is not that", "漢字漢字漢字漢字漢字漢字"}) {
        const Status status = passwords->check_choice(good, "anna");
        EXPECT_TRUE(status) << good << ": " << status.error().message;
    }
    EXPECT_TRUE(passwords->check_choice("the quiet fox", "fox")) << "a short name may be a word";
    EXPECT_TRUE(passwords->check_choice(std::string(1'000, 'x') + "yz of the fox", "anna"));
}

TEST(Passwords, ForOneTimeAreReadableAndDiffer) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string password = one_time_password();
        EXPECT_THAT(password, MatchesRegex("[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){3}"));
        seen.insert(password);
    }
    EXPECT_EQ(seen.size(), 1'000U);
    EXPECT_TRUE(make_passwords()->check_choice(one_time_password(), "anna"));
}

TEST(SecureRandom, GivesTextOfTheRightForm) {
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
    EXPECT_THAT(random_token(32), MatchesRegex("[A-Za-z0-9_-]{43}"));
    EXPECT_EQ(random_token(0), "");
}

TEST(SecureRandom, HashesByBlake2b) {
    // BLAKE2b-256 of the empty text and of "abc", from RFC 7693's reference program.
    EXPECT_EQ(secret_hash(""), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(secret_hash("abc"),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(SecureRandom, ComparesWholeTexts) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace attune
