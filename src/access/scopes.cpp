#include "access/scopes.hpp"

#include <array>

namespace attune {
namespace {

constexpr std::array<std::string_view, kNumScopes> kNames{
    "customers:read", "customers:write", "products:read", "products:write", "events:write",
    "recommend",      "decisions:read",  "models:read",   "models:train",   "jobs:read",
    "jobs:write",     "import",          "export",        "settings:read",  "settings:write",
    "accounts:admin", "stream",          "metrics"};

constexpr std::string_view kSeparators = " ,";

}  // namespace

std::string_view scope_name(Scope scope) {
    return kNames[static_cast<std::size_t>(scope)];
}

Result<Scopes> Scopes::parse(std::string_view text) {
    Scopes scopes;
    for (;;) {
        const std::size_t start = text.find_first_not_of(kSeparators);
        if (start == std::string_view::npos) return scopes;
        text.remove_prefix(start);
        const std::string_view name = text.substr(0, text.find_first_of(kSeparators));
        text.remove_prefix(name.size());
        std::size_t index = 0;
        while (index < kNumScopes && kNames[index] != name) ++index;
        if (index == kNumScopes) {
            return fail(ErrorCode::kInvalidArgument, "'{}' is not a scope", name.substr(0, 64));
        }
        scopes.bits_ |= bit(static_cast<Scope>(index));
    }
}

std::string Scopes::text() const {
    std::string text;
    for (std::size_t i = 0; i < kNumScopes; ++i) {
        if (!contains(static_cast<Scope>(i))) continue;
        if (!text.empty()) text += ' ';
        text += kNames[i];
    }
    return text;
}

}  // namespace attune
