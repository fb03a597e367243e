#include "access/signing_keys.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "access/secure_random.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::string_view kSecretName = "access.signing_keys";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kIdBytes = 9;

SigningKey make_key(Timestamp now) {
    return {.id = random_token(kIdBytes), .secret = random_bytes(kSecretBytes), .made_at = now};
}

std::string to_text(const SigningKeys& keys) {
    json list = json::array();
    for (const SigningKey& key : keys) {
        json bytes = json::array();
        for (const char c : key.secret) bytes.push_back(static_cast<unsigned char>(c));
        list.push_back({{"id", key.id}, {"secret", bytes}, {"made_at_ms", key.made_at.ms}});
    }
    return list.dump();
}

Result<SigningKeys> from_text(const std::string& text) {
    SigningKeys keys;
    try {
        for (const json& item : json::parse(text)) {
            SigningKey key{.id = item.at("id").get<std::string>(),
                           .secret = {},
                           .made_at = Timestamp{item.at("made_at_ms").get<std::int64_t>()}};
            for (const json& byte : item.at("secret")) {
                key.secret += static_cast<char>(byte.get<unsigned char>());
            }
            if (key.id.empty() || key.secret.size() != kSecretBytes) throw std::runtime_error("");
            keys.push_back(std::move(key));
        }
    } catch (const std::exception&) {
        // Not what(): it could quote a part of a secret.
        keys.clear();
    }
    if (!keys.empty()) return keys;
    return fail(ErrorCode::kCorrupt, "the stored keys that sign tokens cannot be read");
}

/// Drops keys whose tokens have all expired, and adds a new one when it is time.
/// @return whether anything changed
bool rotate(SigningKeys& keys, Timestamp now, double max_age_days, std::int64_t overlap_s) {
    bool changed = false;
    if (keys.empty() || days_between(keys.front().made_at, now) >= max_age_days) {
        keys.insert(keys.begin(), make_key(now));
        changed = true;
    }
    // A key signed until the one before it in the list was made.
    for (std::size_t i = 1; i < keys.size(); ++i) {
        if (now.ms - keys[i - 1].made_at.ms < overlap_s * 1'000) continue;
        keys.resize(i);
        changed = true;
    }
    return changed;
}

}  // namespace

Result<SigningKeys> load_signing_keys(Database& database, Timestamp now, double max_age_days,
                                      std::int64_t overlap_s) {
    SigningKeys keys;
    ATTUNE_TRY(database.write([&](Stores& stores) -> Status {
        keys.clear();
        const auto stored = stores.secrets().get(kSecretName);
        if (stored) {
            ATTUNE_ASSIGN(keys, from_text(*stored));
        } else if (stored.error().code != ErrorCode::kNotFound) {
            return fail(stored.error());
        }
        if (!rotate(keys, now, max_age_days, overlap_s)) return {};
        return stores.secrets().put(kSecretName, to_text(keys));
    }));
    return keys;
}

}  // namespace attune
