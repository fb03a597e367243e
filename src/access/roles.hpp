#pragma once

#include <array>
#include <string_view>

#include "access/scopes.hpp"

namespace attune {

/// What somebody is to the service; each role is a fixed set of scopes.
enum class Role {
    kAdministrator,  ///< everything
    kAnalyst,        ///< reads everything, trains, imports, edits products and settings
    kAdviser,        ///< the customers assigned to them, nobody else's
    kService,        ///< an application; what it may do is a subset chosen for its key
};

/// The roles that an account may have; kService is that of API keys.
inline constexpr std::array kAccountRoles{Role::kAdministrator, Role::kAnalyst, Role::kAdviser};

std::string_view role_name(Role role);  ///< "administrator", ...
/// @errors kInvalidArgument lists the roles
Result<Role> parse_role(std::string_view text);

/// All that the role may do; of kService the most that a key may be given.
Scopes scopes_of(Role role);

}  // namespace attune
