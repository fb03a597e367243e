#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "models/registry.hpp"

namespace attune {

/// One setting of a recommender's parameters that is worth trying.
struct ParameterChoice {
    ModelOptions options;
    nlohmann::json parameters;  ///< what was set, for reports
};

/// The settings to try for a recommender, the base's own first. A single one for recommenders
/// whose parameters hardly matter.
std::vector<ParameterChoice> parameter_choices(std::string_view model, const ModelOptions& base);

}  // namespace attune
