#include "access/tokens.hpp"

#include <gmock/gmock.h>
#include <sodium.h>

#include <nlohmann/json.hpp>

#include "access/secure_random.hpp"

namespace attune {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNowS = 1'700'000'000;

std::string base64url(std::string_view bytes) {
    std::string text(
        sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    text.pop_back();
    return text;
}

std::string from_base64url(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    EXPECT_EQ(sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                text.data(), text.size(), nullptr, &size, nullptr,
                                sodium_base64_VARIANT_URLSAFE_NO_PADDING),
              0);
    bytes.resize(size);
    return bytes;
}

/// HMAC-SHA-256 as base64url, of a key of any length.
std::string hs256(const std::string& key, const std::string& text) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                                key.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                  text.size());
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
    return base64url(mac);
}

/// Tokens forged by somebody who has the key: what must hold beyond the signature.
class ForgedTokens : public ::testing::Test {
 protected:
    const SigningKey key_{.id = "key-one", .secret = random_bytes(32), .made_at = {}};
    const SigningKey other_{.id = "key-two", .secret = random_bytes(32), .made_at = {}};
    FixedClock clock_{Timestamp{kNowS * 1'000}};
    Tokens tokens_{{key_}, clock_, 30};

    const std::string header_ = R"({"alg":"HS256","kid":"key-one","typ":"JWT"})";

    static json good_claims() {
        return {{"iss", "attune"}, {"aud", "attune-api"}, {"sub", "anna"},      {"jti", "j"},
                {"iat", kNowS},    {"nbf", kNowS},        {"exp", kNowS + 600}, {"use", "account"},
                {"sid", "s"},      {"csrf", "c"}};
    }
    static std::string forge(const std::string& header, const std::string& claims,
                             const std::string& key) {
        const std::string text = base64url(header) + "." + base64url(claims);
        return text + "." + hs256(key, text);
    }
    std::string forge_claims(const json& claims) const {
        return forge(header_, claims.dump(), key_.secret);
    }
    void expect_refused(const std::string& token, const std::string& why) const {
        const auto claims = tokens_.verify(token);
        ASSERT_FALSE(claims) << why;
        EXPECT_EQ(claims.error().code, ErrorCode::kUnauthenticated) << why;
        EXPECT_EQ(claims.error().message, "the access token is not valid") << why;
    }
    TokenClaims account_claims() const {
        return {.kind = PrincipalKind::kAccount,
                .subject = "anna",
                .session = "s1",
                .csrf_token = "c1",
                .scopes = {},
                .issued_at = clock_.now(),
                .expires_at = Timestamp{clock_.now().ms + 600'000}};
    }
};

TEST_F(ForgedTokens, TheForgeryItselfIsGoodWhenNothingIsWrong) {
    const auto claims = tokens_.verify(forge_claims(good_claims()));
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->subject, "anna");
    EXPECT_EQ(claims->session, "s");
    EXPECT_EQ(claims->csrf_token, "c");
    EXPECT_EQ(claims->expires_at, Timestamp{(kNowS + 600) * 1'000});
}

TEST_F(ForgedTokens, WhatIsSignedIsReadBack) {
    const auto token = tokens_.sign(account_claims());
    ASSERT_TRUE(token);
    EXPECT_EQ(tokens_.verify(*token), account_claims());
    const std::string header = token->substr(0, token->find('.'));
    EXPECT_EQ(from_base64url(header), header_);
    TokenClaims of_key = account_claims();
    of_key.kind = PrincipalKind::kApiKey;
    of_key.session.clear();
    of_key.csrf_token.clear();
    of_key.scopes = {Scope::kRecommend, Scope::kEventsWrite};
    EXPECT_EQ(tokens_.verify(*tokens_.sign(of_key)), of_key);
    EXPECT_NE(*tokens_.sign(of_key), *tokens_.sign(of_key)) << "each has an id of its own";
}

TEST_F(ForgedTokens, NoOtherAlgorithmIsTaken) {
    const std::string claims = good_claims().dump();
    for (const char* alg : {"none", "None", "NONE", "HS384", "HS512", "RS256", "ES256", "hs256"}) {
        const std::string header =
            R"({"alg":")" + std::string(alg) + R"(","kid":"key-one","typ":"JWT"})";
        expect_refused(forge(header, claims, key_.secret), alg);
        expect_refused(base64url(header) + "." + base64url(claims) + ".", alg);
        expect_refused(base64url(header) + "." + base64url(claims), alg);
    }
    expect_refused(forge(R"({"kid":"key-one","typ":"JWT"})", claims, key_.secret), "no alg");
    expect_refused(
        forge(R"({"alg":"none","alg":"HS256","kid":"key-one","typ":"JWT"})", claims, key_.secret),
        "two algs");
}

TEST_F(ForgedTokens, TheKeyIsNotTheSendersChoice) {
    const std::string claims = good_claims().dump();
    for (const std::string kid : {"key-two", "", "../../etc/passwd", "key-one' OR '1'='1"}) {
        expect_refused(forge(json{{"alg", "HS256"}, {"kid", kid}, {"typ", "JWT"}}.dump(), claims,
                             other_.secret),
                       kid);
    }
    expect_refused(forge(header_, claims, other_.secret), "another key");
    expect_refused(forge(header_, claims, ""), "an empty key");
    expect_refused(forge(R"({"alg":"HS256","typ":"JWT"})", claims, key_.secret), "no kid");
    expect_refused(forge(R"({"alg":"HS256","jwk":{"k":"AA","kty":"oct"},"kid":"key-one","typ":)"
                         R"("JWT"})",
                         claims, key_.secret),
                   "a key in the header");
    expect_refused(forge(R"({"alg":"HS256","kid":"key-one","typ":"at+jwt"})", claims, key_.secret),
                   "another type");
}

TEST_F(ForgedTokens, EveryClaimMustBeThere) {
    const json all = good_claims();
    for (const auto& [name, value] : all.items()) {
        json claims = good_claims();
        claims.erase(name);
        expect_refused(forge_claims(claims), "without " + name);
        claims[name] = nullptr;
        expect_refused(forge_claims(claims), "null " + name);
        claims[name] = json::array({value});
        expect_refused(forge_claims(claims), "a list for " + name);
        claims[name] = value.is_string() ? json(1) : json("1");
        expect_refused(forge_claims(claims), "another type for " + name);
    }
    for (const char* name : {"sub", "jti", "sid", "csrf"}) {
        json claims = good_claims();
        claims[name] = "";
        expect_refused(forge_claims(claims), std::string("empty ") + name);
    }
}

TEST_F(ForgedTokens, AreForThisServiceOnly) {
    const auto with = [](const char* name, const json& value) {
        json claims = good_claims();
        claims[name] = value;
        return claims;
    };
    expect_refused(forge_claims(with("iss", "somebody")), "another issuer");
    expect_refused(forge_claims(with("iss", "attune ")), "nearly the issuer");
    expect_refused(forge_claims(with("aud", "attune")), "another audience");
    expect_refused(forge_claims(with("aud", {"attune-api", "x"})), "several audiences");
    expect_refused(forge_claims(with("use", "refresh")), "another use");
    expect_refused(forge_claims(with("use", "api_key")), "a key's token without scopes");
    json of_key = with("use", "api_key");
    of_key["scope"] = "everything";
    expect_refused(forge_claims(of_key), "a scope that is none");
}

TEST_F(ForgedTokens, HaveTheirTime) {
    const auto timed = [](std::int64_t issued_s, std::int64_t not_before_s, std::int64_t end_s) {
        json claims = good_claims();
        claims["iat"] = issued_s;
        claims["nbf"] = not_before_s;
        claims["exp"] = end_s;
        return claims;
    };
    expect_refused(forge_claims(timed(kNowS - 600, kNowS - 600, kNowS - 30)), "expired");
    EXPECT_TRUE(tokens_.verify(forge_claims(timed(kNowS - 600, kNowS - 600, kNowS - 29))));
    expect_refused(forge_claims(timed(kNowS + 31, kNowS + 31, kNowS + 600)), "not yet");
    EXPECT_TRUE(tokens_.verify(forge_claims(timed(kNowS + 30, kNowS + 30, kNowS + 600))));
    expect_refused(forge_claims(timed(kNowS, kNowS + 31, kNowS + 600)), "good only later");
    expect_refused(forge_claims(timed(kNowS, kNowS - 1, kNowS + 600)), "good before it was made");
    expect_refused(forge_claims(timed(kNowS + 10, kNowS + 10, kNowS + 10)), "ends as it begins");
    expect_refused(forge_claims(timed(0, 0, kNowS + 600)), "of no time");
    expect_refused(forge_claims(timed(kNowS, kNowS, -1)), "a negative end");
    json real = good_claims();
    real["exp"] = 1e300;
    expect_refused(forge_claims(real), "a real number");
    for (const char* end : {"9223372036854775807", "9223372036854775808", "18446744073709551617"}) {
        const std::string text = good_claims().dump();
        const std::string exp = std::to_string(kNowS + 600);
        std::string huge = text;
        huge.replace(huge.find(exp), exp.size(), end);
        expect_refused(forge(header_, huge, key_.secret), end);
    }
}

TEST_F(ForgedTokens, ClaimsAreInOneFormOnly) {
    const std::string good = good_claims().dump();
    ASSERT_TRUE(tokens_.verify(forge(header_, good, key_.secret)));
    std::string twice = good;
    twice.insert(twice.find("\"sub\""), R"("sub":"administrator",)");
    expect_refused(forge(header_, twice, key_.secret), "a subject first");
    twice = good;
    twice.insert(twice.size() - 1, R"(,"sub":"administrator")");
    expect_refused(forge(header_, twice, key_.secret), "a subject last");
    expect_refused(forge(header_, good + " ", key_.secret), "a blank after");
    expect_refused(forge(header_, " " + good, key_.secret), "a blank before");
    expect_refused(forge(header_, good + good, key_.secret), "twice");
    expect_refused(forge(header_, "[" + good + "]", key_.secret), "a list");
    expect_refused(forge(header_, "", key_.secret), "nothing");
    expect_refused(forge(header_, "\"text\"", key_.secret), "text");
    std::string escaped = good;
    escaped.replace(escaped.find("anna"), 4, "\\u0061nna");
    expect_refused(forge(header_, escaped, key_.secret), "an escape");
    expect_refused(forge(header_, std::string(600, '[') + std::string(600, ']'), key_.secret),
                   "deep");
}

TEST_F(ForgedTokens, AnyChangedCharacterIsNoticed) {
    const std::string token = *tokens_.sign(account_claims());
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'Q' : 'A';
        expect_refused(changed, "changed at " + std::to_string(i));
        expect_refused(token.substr(0, i), "cut at " + std::to_string(i));
    }
    for (const char* more : {"A", "=", ".", ".A", " ", "\n", "\t"}) {
        expect_refused(token + more, std::string("with more: ") + more);
        expect_refused(more + token, std::string("with more before: ") + more);
    }
    expect_refused(token + std::string(1, '\0'), "a NUL after");
    std::string blank = token;
    blank.insert(blank.find('.') + 3, "\n");
    expect_refused(blank, "a line break within");
}

TEST_F(ForgedTokens, SizeIsLookedAtFirst) {
    expect_refused("", "empty");
    expect_refused("..", "three empty parts");
    expect_refused(std::string(10'000'000, 'A'), "huge");
    json claims = good_claims();
    claims["sub"] = std::string(2'000, 'x');
    expect_refused(forge_claims(claims), "longer than any that is signed here");
}

TEST_F(ForgedTokens, KeysOverlapAndGo) {
    const std::string old_token = *tokens_.sign(account_claims());
    tokens_.replace_keys({other_, key_});
    const std::string new_token = *tokens_.sign(account_claims());
    EXPECT_THAT(from_base64url(new_token.substr(0, new_token.find('.'))), HasSubstr("key-two"));
    EXPECT_TRUE(tokens_.verify(old_token));
    EXPECT_TRUE(tokens_.verify(new_token));
    // The header of one key with the signature of the other.
    expect_refused(forge(header_, good_claims().dump(), other_.secret), "keys swapped");
    tokens_.replace_keys({other_});
    expect_refused(old_token, "a key that is gone");
    EXPECT_TRUE(tokens_.verify(new_token));
}

TEST_F(ForgedTokens, HoldNoMoreThanTheyMust) {
    const std::string token = *tokens_.sign(account_claims());
    const std::size_t first = token.find('.');
    const json claims =
        json::parse(from_base64url(token.substr(first + 1, token.rfind('.') - first - 1)));
    EXPECT_EQ(claims.size(), 10U);
    EXPECT_THAT(claims.dump(), Not(HasSubstr("role"))) << "rights are looked up, not carried";
}

}  // namespace
}  // namespace attune
