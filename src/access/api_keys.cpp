#include "access/api_keys.hpp"

#include <algorithm>

#include "access/secure_random.hpp"

namespace attune {
namespace {

constexpr std::string_view kPrefix = "atk_";
constexpr std::size_t kIdCharacters = 12;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxCredentialBytes = 128;
constexpr std::size_t kMaxNameBytes = 200;

tl::unexpected<Error> refused() {
    return fail(ErrorCode::kUnauthenticated, "the API key is not valid");
}

/// The id within a credential; none when it does not have the form of one.
std::optional<std::string_view> id_of(std::string_view credential) {
    if (!credential.starts_with(kPrefix) || credential.size() > kMaxCredentialBytes) {
        return std::nullopt;
    }
    credential.remove_prefix(kPrefix.size());
    const std::size_t end = credential.find('_');
    if (end != kIdCharacters) return std::nullopt;
    return credential.substr(0, end);
}

ApiKeyView view_of(const ApiKey& key, Scopes scopes) {
    return {.id = key.id,
            .name = key.name,
            .scopes = scopes,
            .created_at = key.created_at,
            .created_by = key.created_by,
            .expires_at = key.expires_at,
            .last_used_at = key.last_used_at,
            .revoked = key.revoked};
}

Status check(const NewApiKey& key, Timestamp now) {
    if (key.name.empty() || key.name.size() > kMaxNameBytes) {
        return fail(ErrorCode::kInvalidArgument, "name: an API key has a name of 1 to {} bytes",
                    kMaxNameBytes);
    }
    if (key.scopes.empty()) {
        return fail(ErrorCode::kInvalidArgument, "scopes: choose at least one");
    }
    if (!scopes_of(Role::kService).contains(key.scopes)) {
        return fail(ErrorCode::kInvalidArgument, "scopes: an API key may have {}",
                    scopes_of(Role::kService).text());
    }
    if (key.expires_at && *key.expires_at <= now) {
        return fail(ErrorCode::kInvalidArgument, "expires_at: has passed already");
    }
    return {};
}

}  // namespace

ApiKeys::ApiKeys(Database& database, const Clock& clock, const AccessOptions& options,
                 Tokens& tokens, Directory& directory)
    : database_(database),
      clock_(clock),
      options_(options),
      tokens_(tokens),
      directory_(directory) {}

Result<IssuedApiKey> ApiKeys::create(const NewApiKey& key, std::string_view created_by) {
    const Timestamp now = clock_.now();
    ATTUNE_TRY(check(key, now));
    const std::string id = random_readable(kIdCharacters);
    const std::string secret = fmt::format("{}{}_{}", kPrefix, id, random_token(kSecretBytes));
    const ApiKey stored{.id = id,
                        .name = key.name,
                        .secret_hash = secret_hash(secret),
                        .scopes = key.scopes.text(),
                        .created_at = now,
                        .created_by = std::string(created_by),
                        .expires_at = key.expires_at};
    ATTUNE_TRY(database_.write([&](Stores& stores) { return stores.api_keys().add(stored); }));
    return IssuedApiKey{.key = view_of(stored, key.scopes), .secret = secret};
}

Result<std::vector<ApiKeyView>> ApiKeys::list(const Page& page) {
    std::vector<ApiKeyView> views;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        views.clear();
        ATTUNE_ASSIGN(const auto keys, stores.api_keys().list(page));
        for (const ApiKey& key : keys) {
            ATTUNE_ASSIGN(const Scopes scopes, Scopes::parse(key.scopes));
            views.push_back(view_of(key, scopes));
        }
        return {};
    }));
    // Uses that are not stored yet.
    const std::lock_guard lock(uses_mutex_);
    for (ApiKeyView& view : views) {
        const auto used = uses_.find(view.id);
        if (used != uses_.end()) view.last_used_at = std::max(view.last_used_at, {used->second});
    }
    return views;
}

Status ApiKeys::revoke(std::string_view id) {
    const Status status =
        database_.write([&](Stores& stores) { return stores.api_keys().revoke(id); });
    directory_.forget_api_key(id);
    return status;
}

bool ApiKeys::looks_like_key(std::string_view credential) {
    return credential.starts_with(kPrefix);
}

Result<Principal> ApiKeys::authenticate(std::string_view credential) {
    const auto id = id_of(credential);
    if (!id) return refused();
    const auto found = directory_.api_key(*id);
    if (!found) {
        if (found.error().code == ErrorCode::kNotFound) return refused();
        return fail(found.error());
    }
    const KnownApiKey& key = **found;
    const Timestamp now = clock_.now();
    if (!equal_in_constant_time(secret_hash(credential), key.secret_hash) || key.revoked ||
        key.expires_at <= now) {
        return refused();
    }
    note_use(*id, now);
    return principal_of(key, key.scopes, key.expires_at);
}

Result<GrantedToken> ApiKeys::grant(std::string_view client_id, std::string_view client_secret,
                                    std::string_view scopes) {
    if (id_of(client_secret) != std::optional(client_id)) return refused();
    ATTUNE_ASSIGN(const Principal client, authenticate(client_secret));
    ATTUNE_ASSIGN(Scopes asked, Scopes::parse(scopes));
    if (asked.empty()) asked = client.scopes;
    if (!client.scopes.contains(asked)) {
        return fail(ErrorCode::kForbidden, "the key has only the scopes {}", client.scopes.text());
    }
    const Timestamp issued_at{clock_.now().ms / 1'000 * 1'000};
    const Timestamp expires_at{std::min(issued_at.ms + options_.access_token_s * 1'000,
                                        client.expires_at.ms / 1'000 * 1'000)};
    // A key that ends within this second.
    if (expires_at <= issued_at) return refused();
    ATTUNE_ASSIGN(std::string token, tokens_.sign({.kind = PrincipalKind::kApiKey,
                                                   .subject = client.name,
                                                   .session = {},
                                                   .csrf_token = {},
                                                   .scopes = asked,
                                                   .issued_at = issued_at,
                                                   .expires_at = expires_at}));
    return GrantedToken{.access_token = std::move(token),
                        .expires_in_s = (expires_at.ms - issued_at.ms) / 1'000,
                        .scopes = asked};
}

void ApiKeys::note_use(std::string_view id, Timestamp now) {
    const std::lock_guard lock(uses_mutex_);
    const auto found = uses_.find(id);
    if (found != uses_.end()) {
        found->second = now;
    } else {
        uses_.emplace(id, now);
    }
}

Status ApiKeys::store_uses() {
    std::vector<ApiKeyUse> uses;
    {
        const std::lock_guard lock(uses_mutex_);
        for (const auto& [id, time] : uses_) uses.push_back({id, time});
        uses_.clear();
    }
    if (uses.empty()) return {};
    const Status stored =
        database_.write([&](Stores& stores) { return stores.api_keys().note_use(uses); });
    if (stored) return {};
    // For the next time; a later use counts more.
    const std::lock_guard lock(uses_mutex_);
    for (ApiKeyUse& use : uses) uses_.try_emplace(std::move(use.id), use.time);
    return stored;
}

}  // namespace attune
