#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// Which fields and attributes of a profile a text may name to the customer. Whatever else models
/// go by counts, and stays in the evidence for those who check it, but is not said: that a campaign
/// failed with somebody, or what sex they are, is no reason to give them.
struct SaidFields {
    /// Names of fields and attributes; `kHeldField` stands for all held categories.
    std::vector<std::string> allowed{"average_balance", "education", "held",          "income",
                                     "industry",        "location",  "num_employees", "occupation",
                                     "residency",       "revenue"};
    /// Protected: never said, whatever is allowed. By them people must not be treated differently.
    std::vector<std::string> never{"age", "gender", "marital_status"};

    /// @param field  "occupation", "held:TERM_DEPOSITS"
    [[nodiscard]] bool contains(std::string_view field) const;
};

inline constexpr std::string_view kHeldField = "held";

/// @errors kInvalidArgument: a field that is both allowed and never said
Status validate(const SaidFields& said);

}  // namespace attune
