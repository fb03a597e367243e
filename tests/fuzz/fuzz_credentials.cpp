#include <sodium.h>

#include "access/account_name.hpp"
#include "access/tokens.hpp"
#include "fuzz/fuzz.hpp"

namespace attune {
namespace {

const SigningKey& fuzz_key() {
    static const SigningKey key{
        .id = "fuzz", .secret = std::string(32, 'k'), .made_at = Timestamp{}};
    return key;
}

const FixedClock& fuzz_clock() {
    static const FixedClock clock(Timestamp{1'700'000'000'000});
    return clock;
}

const Tokens& fuzz_tokens() {
    static const Tokens tokens({fuzz_key()}, fuzz_clock(), 30);
    return tokens;
}

std::string base64url(std::string_view bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kVariant);
    text.pop_back();
    return text;
}

/// A token with these claims and a good signature, so that what comes after it is reached.
std::string signed_with(std::string_view claims) {
    static const std::string header = base64url(R"({"alg":"HS256","kid":"fuzz","typ":"JWT"})");
    const std::string text = header + "." + base64url(claims);
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(mac.data()),
                           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                           reinterpret_cast<const unsigned char*>(fuzz_key().secret.data()));
    return text + "." + base64url(mac);
}

/// What was accepted must make sense, and be accepted again after signing it anew.
void check(const Result<TokenClaims>& claims) {
    if (!claims) {
        fuzz_require(claims.error().code == ErrorCode::kUnauthenticated);
        return;
    }
    fuzz_require(!claims->subject.empty());
    fuzz_require(claims->expires_at > claims->issued_at);
    fuzz_require((claims->kind == PrincipalKind::kAccount) != claims->session.empty());
    const auto again = fuzz_tokens().sign(*claims);
    fuzz_require(again.has_value());
    const auto read = fuzz_tokens().verify(*again);
    fuzz_require(again->size() > 2'048 || (read && *read == *claims));
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string account =
        R"({"aud":"attune-api","csrf":"c","exp":1700000600,"iat":1700000000,"iss":"attune",)"
        R"("jti":"j","nbf":1700000000,"sid":"s","sub":"anna","use":"account"})";
    const std::string api_key =
        R"({"aud":"attune-api","exp":1700000600,"iat":1700000000,"iss":"attune","jti":"j",)"
        R"("nbf":1700000000,"scope":"recommend","sub":"k7pm","use":"api_key"})";
    fuzz_require(fuzz_tokens().verify(signed_with(account)).has_value());
    fuzz_require(fuzz_tokens().verify(signed_with(api_key)).has_value());
    return {account,
            api_key,
            signed_with(account),
            signed_with("{}"),
            "recommend customers:read",
            "anna.berg@bank"};
}

}  // namespace attune

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const std::string_view text = fuzz_text(data, size);
    check(fuzz_tokens().verify(text));
    check(fuzz_tokens().verify(signed_with(text)));
    if (const auto scopes = Scopes::parse(text)) {
        fuzz_require(Scopes::parse(scopes->text()) == *scopes);
    }
    const std::string name = fold_account_name(text);
    fuzz_require(fold_account_name(name) == name);
    if (check_account_name(name)) fuzz_require(!name.empty() && name.size() <= 64);
    return 0;
}
