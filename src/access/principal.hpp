#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "access/roles.hpp"
#include "access/scopes.hpp"
#include "core/clock.hpp"

namespace attune {

/// The end of what has none: 9999-12-31T23:59:59Z.
inline constexpr Timestamp kNever{253'402'300'799'000};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// Ids of customers.
using CustomerIds = std::unordered_set<std::string, TextHash, std::equal_to<>>;

enum class PrincipalKind {
    kAccount,  ///< a person who signed in
    kApiKey,   ///< an application
};

/// Who makes a request, and what they may do. Immutable; made for each request from what is
/// remembered.
struct Principal {
    PrincipalKind kind = PrincipalKind::kAccount;
    std::string name;  ///< of the account, or the id of the key
    std::string display_name;
    Role role = Role::kService;
    Scopes scopes;
    /// Must choose a password before anything else; `scopes` is empty until then.
    bool must_change_password = false;
    std::string session;     ///< family of refresh tokens; empty for keys
    std::string csrf_token;  ///< what unsafe methods must repeat with cookies; empty for keys
    Timestamp expires_at;    ///< of the credential; of a key without an end kNever
    /// Of advisers the customers they may see; of all others none, since they may see everybody.
    std::shared_ptr<const CustomerIds> assigned{};

    [[nodiscard]] bool permits(Scope scope) const { return scopes.contains(scope); }
    [[nodiscard]] bool sees_all_customers() const { return role != Role::kAdviser; }
    /// What may not be seen is to be answered as what does not exist.
    [[nodiscard]] bool may_see_customer(std::string_view id) const {
        return sees_all_customers() || (assigned != nullptr && assigned->contains(id));
    }
    /// A name that no other principal has: "account:anna" or "key:k7pm...", for limits, records of
    /// idempotency and logs.
    [[nodiscard]] std::string key() const {
        return (kind == PrincipalKind::kAccount ? "account:" : "key:") + name;
    }
};

}  // namespace attune
