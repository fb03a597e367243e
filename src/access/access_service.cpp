#include "access/access_service.hpp"

#include "access/secure_random.hpp"

namespace attune {
namespace {

constexpr std::size_t kPurgedAtOnce = 1'000;

tl::unexpected<Error> refused() {
    return fail(ErrorCode::kUnauthenticated, "the access token is not valid any more");
}

/// What does not exist is refused; other errors stay what they are.
tl::unexpected<Error> refused_because(const Error& error) {
    if (error.code == ErrorCode::kNotFound) return refused();
    return fail(error);
}

/// How long a token that was just signed may be accepted.
std::int64_t longest_token_s(const AccessOptions& options) {
    return options.access_token_s + options.clock_skew_s;
}

}  // namespace

/// What the service is made of, in the order in which one needs the other.
struct AccessService::Parts {
    std::unique_ptr<Passwords> passwords;
    Tokens tokens;
    /// Claims of tokens whose signature was found good, by their hash: checking it costs more than
    /// all else together. Who they are good for is asked anew each time.
    FreshCache<TokenClaims> verified;
    Directory directory;
    Sessions sessions;
    ApiKeys api_keys;
    Accounts accounts;

    Parts(Database& database, Database& reads, const Clock& clock, const AccessOptions& options,
          std::unique_ptr<Passwords> made_passwords, const SigningKeys& keys)
        : passwords(std::move(made_passwords)),
          tokens(keys, clock, options.clock_skew_s),
          verified(options.remembered_s, static_cast<std::size_t>(options.max_remembered)),
          directory(reads, clock, options.remembered_s,
                    static_cast<std::size_t>(options.max_remembered)),
          sessions(database, clock, options, *passwords, tokens, directory),
          api_keys(database, clock, options, tokens, directory),
          accounts(database, clock, *passwords, &directory) {}
};

AccessService::AccessService(Database& database, const Clock& clock, const AccessOptions& options)
    : database_(database), clock_(clock), options_(options) {}

AccessService::~AccessService() = default;

Result<std::unique_ptr<AccessService>> AccessService::open(Database& database, const Clock& clock,
                                                           const AccessOptions& options,
                                                           Database* reads) {
    std::unique_ptr<AccessService> service(new AccessService(database, clock, options));
    ATTUNE_ASSIGN(auto passwords, Passwords::create(options));
    ATTUNE_ASSIGN(const SigningKeys keys, service->load_keys());
    service->parts_ = std::make_unique<Parts>(database, reads != nullptr ? *reads : database, clock,
                                              service->options_, std::move(passwords), keys);
    return service;
}

Result<SigningKeys> AccessService::load_keys() {
    return load_signing_keys(database_, clock_.now(),
                             static_cast<double>(options_.signing_key_days),
                             longest_token_s(options_));
}

Sessions& AccessService::sessions() {
    return parts_->sessions;
}

ApiKeys& AccessService::api_keys() {
    return parts_->api_keys;
}

Accounts& AccessService::accounts() {
    return parts_->accounts;
}

Result<Principal> AccessService::authenticate(std::string_view credential) {
    if (ApiKeys::looks_like_key(credential)) return parts_->api_keys.authenticate(credential);
    const auto verify = [&] { return parts_->tokens.verify(credential); };
    ATTUNE_ASSIGN(const auto claims,
                  parts_->verified.get(secret_hash(credential), clock_.now(), verify));
    // It may have expired since.
    if (!parts_->tokens.is_in_time(*claims)) return refused();
    return claims->kind == PrincipalKind::kAccount ? account_of(*claims) : api_key_of(*claims);
}

Result<Principal> AccessService::account_of(const TokenClaims& claims) {
    const auto session = parts_->directory.session(claims.session);
    if (!session) return refused_because(session.error());
    if ((*session)->revoked || (*session)->account != claims.subject) return refused();
    const auto account = parts_->directory.account(claims.subject);
    if (!account) return refused_because(account.error());
    if ((*account)->disabled) return refused();
    return principal_of(**account, claims);
}

Result<Principal> AccessService::api_key_of(const TokenClaims& claims) {
    const auto key = parts_->directory.api_key(claims.subject);
    if (!key) return refused_because(key.error());
    if ((*key)->revoked || (*key)->expires_at <= clock_.now()) return refused();
    return principal_of(**key, claims.scopes, claims.expires_at);
}

void AccessService::customer_removed() {
    parts_->directory.forget_accounts();
}

Status AccessService::maintain() {
    ATTUNE_TRY(parts_->api_keys.store_uses());
    ATTUNE_ASSIGN(const SigningKeys keys, load_keys());
    parts_->tokens.replace_keys(keys);
    parts_->verified.forget_all();
    for (std::size_t num_removed = kPurgedAtOnce; num_removed == kPurgedAtOnce;) {
        ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(num_removed, stores.refresh_tokens().purge(clock_.now(), kPurgedAtOnce));
            return {};
        }));
    }
    return {};
}

}  // namespace attune
