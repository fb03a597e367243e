#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"

namespace attune {

/// Why a list has fewer items than were asked for.
struct Shortfall {
    struct Cause {
        Refusal refusal;
        std::size_t num_products = 0;
    };

    std::size_t num_asked = 0;
    std::size_t num_given = 0;
    std::vector<Cause> causes;  ///< most products first
    std::string text;           ///< "2 of 5 asked for: of 16 products 8 are bought already, ..."
};

/// None where the list is as long as was asked.
std::optional<Shortfall> shortfall_of(const StageCounts& counts, std::size_t num_asked,
                                      const ConstraintRules& rules);

}  // namespace attune
