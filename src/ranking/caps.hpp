#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "features/catalogue.hpp"
#include "ranking/constraint_rules.hpp"

namespace attune {

/// Counts what a list holds so far, for the caps.
/// @lifetime  borrows
class CapCounter {
 public:
    CapCounter(const ConstraintRules& rules, const Catalogue& catalogue);

    /// kCategoryCap or kBrandCap when the list has enough of the product's kind.
    [[nodiscard]] std::optional<Refusal> refusal(ProductIndex product) const;
    void take(ProductIndex product);

 private:
    const ConstraintRules& rules_;
    const Catalogue& catalogue_;
    std::vector<std::size_t> by_category_;
    std::map<std::string, std::size_t, std::less<>> by_brand_;
};

}  // namespace attune
