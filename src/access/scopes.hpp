#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// One thing that a caller may do.
enum class Scope : std::uint8_t {
    kCustomersRead,
    kCustomersWrite,
    kProductsRead,
    kProductsWrite,
    kEventsWrite,
    kRecommend,
    kDecisionsRead,
    kModelsRead,
    kModelsTrain,
    kJobsRead,
    kJobsWrite,
    kImport,
    kExport,
    kSettingsRead,
    kSettingsWrite,
    kAccountsAdmin,
    kStream,
    kMetrics,
};

inline constexpr std::size_t kNumScopes = 18;

std::string_view scope_name(Scope scope);  ///< "customers:read", "recommend", ...

/// A set of scopes.
class Scopes {
 public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) bits_ |= bit(scope);
    }

    /// All there are.
    static constexpr Scopes all() {
        Scopes scopes;
        scopes.bits_ = (1U << kNumScopes) - 1;
        return scopes;
    }
    /// Names with blanks or commas between them; empty: none.
    /// @errors kInvalidArgument names the one that is not a scope
    static Result<Scopes> parse(std::string_view text);

    [[nodiscard]] constexpr bool contains(Scope scope) const { return (bits_ & bit(scope)) != 0; }
    [[nodiscard]] constexpr bool contains(Scopes others) const {
        return (bits_ & others.bits_) == others.bits_;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    /// Those in both.
    [[nodiscard]] constexpr Scopes operator&(Scopes others) const {
        Scopes both;
        both.bits_ = bits_ & others.bits_;
        return both;
    }
    /// The names with blanks between them, in the order of the enumeration.
    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(Scopes, Scopes) = default;

 private:
    static constexpr std::uint32_t bit(Scope scope) {
        return std::uint32_t{1} << static_cast<unsigned>(scope);
    }
    std::uint32_t bits_ = 0;
};

}  // namespace attune
