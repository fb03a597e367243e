#include "access/tokens.hpp"

#include <jwt.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>

#include "access/secure_random.hpp"
#include "core/assert.hpp"

namespace attune {
namespace {

constexpr const char* kIssuer = "attune";
constexpr const char* kAudience = "attune-api";
constexpr const char* kOfAccount = "account";
constexpr const char* kOfApiKey = "api_key";
// Those signed here have about 500 bytes.
constexpr std::size_t kMaxTokenBytes = 2'048;
constexpr std::size_t kIdBytes = 12;

struct FreeJwt {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

/// Text that libjwt allocated.
struct FreeText {
    void operator()(char* text) const { std::free(text); }
};
using JwtText = std::unique_ptr<char, FreeText>;

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

tl::unexpected<Error> refused() {
    return fail(ErrorCode::kUnauthenticated, "the access token is not valid");
}

bool is_base64url(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

/// The three parts of a token; none when it does not have that form.
struct TokenParts {
    std::string_view header;
    std::string_view claims;
};
std::optional<TokenParts> split(std::string_view token) {
    if (token.size() > kMaxTokenBytes) return std::nullopt;
    const std::size_t first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const TokenParts parts{token.substr(0, first), token.substr(first + 1, second - first - 1)};
    const bool good = is_base64url(parts.header) && is_base64url(parts.claims) &&
                      is_base64url(token.substr(second + 1));
    return good ? std::optional(parts) : std::nullopt;
}

/// Whether the claims are written as signing writes them: sorted, once each, without blanks.
/// Whatever two parsers could understand differently is not.
bool is_in_signed_form(jwt_t* jwt, std::string_view claims) {
    const JwtText form(jwt_get_grants_json(jwt, nullptr));
    if (form == nullptr) return false;
    const std::string_view expected(form.get());
    std::string sent(claims.size(), '\0');
    std::size_t size = 0;
    const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(sent.data()), sent.size(),
                                         claims.data(), claims.size(), nullptr, &size, nullptr,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return failed == 0 && std::string_view(sent.data(), size) == expected;
}

bool has_text(jwt_t* jwt, const char* claim, std::string_view expected) {
    const char* found = jwt_get_grant(jwt, claim);
    return found != nullptr && found == expected;
}

std::optional<std::string> text_of(jwt_t* jwt, const char* claim) {
    const char* found = jwt_get_grant(jwt, claim);
    if (found == nullptr || *found == '\0') return std::nullopt;
    return std::string(found);
}

/// A time in whole seconds; 1970 when it is missing, no whole number or beyond all sense.
Timestamp time_of(jwt_t* jwt, const char* claim) {
    const std::int64_t seconds = jwt_get_grant_int(jwt, claim);
    if (seconds < 0 || seconds > kNever.ms / 1'000) return Timestamp{};
    return Timestamp{seconds * 1'000};
}

/// The claims as they stand; none when one is missing or of another kind than it must be.
std::optional<TokenClaims> read_claims(jwt_t* jwt) {
    if (!has_text(jwt, "iss", kIssuer) || !has_text(jwt, "aud", kAudience)) return std::nullopt;
    TokenClaims claims;
    const auto subject = text_of(jwt, "sub");
    if (!subject || !text_of(jwt, "jti")) return std::nullopt;
    claims.subject = *subject;
    claims.issued_at = time_of(jwt, "iat");
    claims.expires_at = time_of(jwt, "exp");
    if (has_text(jwt, "use", kOfAccount)) {
        const auto session = text_of(jwt, "sid");
        const auto csrf_token = text_of(jwt, "csrf");
        if (!session || !csrf_token) return std::nullopt;
        claims.session = *session;
        claims.csrf_token = *csrf_token;
        return claims;
    }
    const char* scope = jwt_get_grant(jwt, "scope");
    if (!has_text(jwt, "use", kOfApiKey) || scope == nullptr) return std::nullopt;
    const auto scopes = Scopes::parse(scope);
    if (!scopes) return std::nullopt;
    claims.kind = PrincipalKind::kApiKey;
    claims.scopes = *scopes;
    return claims;
}

/// @return  whether all went into the token
bool write_claims(jwt_t* jwt, const TokenClaims& claims) {
    const long issued_s = claims.issued_at.ms / 1'000;
    int failures = 0;
    failures |= jwt_add_grant(jwt, "iss", kIssuer);
    failures |= jwt_add_grant(jwt, "aud", kAudience);
    failures |= jwt_add_grant(jwt, "sub", claims.subject.c_str());
    failures |= jwt_add_grant(jwt, "jti", random_token(kIdBytes).c_str());
    failures |= jwt_add_grant_int(jwt, "iat", issued_s);
    failures |= jwt_add_grant_int(jwt, "nbf", issued_s);
    failures |= jwt_add_grant_int(jwt, "exp", claims.expires_at.ms / 1'000);
    if (claims.kind == PrincipalKind::kAccount) {
        failures |= jwt_add_grant(jwt, "use", kOfAccount);
        failures |= jwt_add_grant(jwt, "sid", claims.session.c_str());
        failures |= jwt_add_grant(jwt, "csrf", claims.csrf_token.c_str());
    } else {
        failures |= jwt_add_grant(jwt, "use", kOfApiKey);
        failures |= jwt_add_grant(jwt, "scope", claims.scopes.text().c_str());
    }
    return failures == 0;
}

}  // namespace

/// A key, and the header of the tokens that it signs.
struct Tokens::Signer {
    SigningKey key;
    std::string header;

    explicit Signer(SigningKey signing_key) : key(std::move(signing_key)) {
        const Jwt jwt = begin();
        const JwtText token(jwt_encode_str(jwt.get()));
        ATTUNE_ASSERT(token != nullptr);
        header = std::string_view(token.get()).substr(0, std::strcspn(token.get(), "."));
    }
    /// A token without claims.
    [[nodiscard]] Jwt begin() const {
        jwt_t* made = nullptr;
        ATTUNE_ASSERT(jwt_new(&made) == 0);
        Jwt jwt(made);
        ATTUNE_ASSERT(jwt_set_alg(jwt.get(), JWT_ALG_HS256, bytes_of(key.secret),
                                  static_cast<int>(key.secret.size())) == 0);
        ATTUNE_ASSERT(jwt_add_header(jwt.get(), "kid", key.id.c_str()) == 0);
        return jwt;
    }
};

Tokens::Tokens(const SigningKeys& keys, const Clock& clock, std::int64_t clock_skew_s)
    : clock_(clock), clock_skew_s_(clock_skew_s) {
    replace_keys(keys);
}

Tokens::~Tokens() = default;

void Tokens::replace_keys(const SigningKeys& keys) {
    ATTUNE_ASSERT(!keys.empty());
    auto signers = std::make_shared<const Signers>(keys.begin(), keys.end());
    const std::unique_lock lock(mutex_);
    signers_ = std::move(signers);
}

std::shared_ptr<const Tokens::Signers> Tokens::signers() const {
    const std::shared_lock lock(mutex_);
    return signers_;
}

Result<std::string> Tokens::sign(const TokenClaims& claims) const {
    ATTUNE_ASSERT(!claims.subject.empty() && claims.expires_at > claims.issued_at);
    const auto all = signers();
    const Jwt jwt = all->front().begin();
    if (!write_claims(jwt.get(), claims)) {
        return fail(ErrorCode::kInternal, "an access token cannot be made");
    }
    const JwtText token(jwt_encode_str(jwt.get()));
    if (token == nullptr) return fail(ErrorCode::kInternal, "an access token cannot be signed");
    return std::string(token.get());
}

bool Tokens::is_in_time(const TokenClaims& claims) const {
    const Timestamp earliest{clock_.now().ms - clock_skew_s_ * 1'000};
    const Timestamp latest{clock_.now().ms + clock_skew_s_ * 1'000};
    return claims.expires_at > earliest && claims.expires_at > claims.issued_at &&
           claims.issued_at > Timestamp{} && claims.issued_at <= latest;
}

Result<TokenClaims> Tokens::verify(std::string_view token) const {
    const auto parts = split(token);
    if (!parts) return refused();
    const auto all = signers();
    const auto signer = std::find_if(all->begin(), all->end(), [&](const Signer& known) {
        return known.header == parts->header;
    });
    if (signer == all->end()) return refused();
    jwt_t* decoded = nullptr;
    const int failed =
        jwt_decode(&decoded, std::string(token).c_str(), bytes_of(signer->key.secret),
                   static_cast<int>(signer->key.secret.size()));
    const Jwt jwt(decoded);
    if (failed != 0 || jwt == nullptr || jwt_get_alg(jwt.get()) != JWT_ALG_HS256) return refused();
    if (!is_in_signed_form(jwt.get(), parts->claims)) return refused();
    const auto claims = read_claims(jwt.get());
    if (!claims) return refused();
    // Signing gives both times alike.
    const bool begun = time_of(jwt.get(), "nbf") == claims->issued_at;
    if (!begun || !is_in_time(*claims)) return refused();
    return *claims;
}

}  // namespace attune
