#include "access/roles.hpp"

namespace attune {
namespace {

struct RoleRow {
    Role role;
    std::string_view name;
    Scopes scopes;
};

constexpr std::array kRoles{
    RoleRow{Role::kAdministrator, "administrator", Scopes::all()},
    RoleRow{Role::kAnalyst,
            "analyst",
            {Scope::kCustomersRead, Scope::kProductsRead, Scope::kProductsWrite, Scope::kRecommend,
             Scope::kDecisionsRead, Scope::kModelsRead, Scope::kModelsTrain, Scope::kJobsRead,
             Scope::kJobsWrite, Scope::kImport, Scope::kExport, Scope::kSettingsRead,
             Scope::kSettingsWrite, Scope::kStream, Scope::kMetrics}},
    RoleRow{Role::kAdviser,
            "adviser",
            {Scope::kCustomersRead, Scope::kCustomersWrite, Scope::kProductsRead,
             Scope::kEventsWrite, Scope::kRecommend, Scope::kDecisionsRead}},
    RoleRow{
        Role::kService,
        "service",
        {Scope::kCustomersRead, Scope::kCustomersWrite, Scope::kProductsRead, Scope::kProductsWrite,
         Scope::kEventsWrite, Scope::kRecommend, Scope::kDecisionsRead, Scope::kModelsRead,
         Scope::kModelsTrain, Scope::kJobsRead, Scope::kJobsWrite, Scope::kImport, Scope::kExport,
         Scope::kSettingsRead, Scope::kStream, Scope::kMetrics}}};

const RoleRow& row_of(Role role) {
    return kRoles[static_cast<std::size_t>(role)];
}

}  // namespace

std::string_view role_name(Role role) {
    return row_of(role).name;
}

Result<Role> parse_role(std::string_view text) {
    for (const RoleRow& row : kRoles) {
        if (row.name == text) return row.role;
    }
    return fail(ErrorCode::kInvalidArgument,
                "'{}' is not a role; there are administrator, analyst, adviser and service",
                text.substr(0, 64));
}

Scopes scopes_of(Role role) {
    return row_of(role).scopes;
}

}  // namespace attune
