#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/split.hpp"
#include "models/recommender.hpp"
#include "serving/training.hpp"
#include "serving/tuning.hpp"

namespace attune {

/// A recommender's parameters and the model they gave on what came before the validation slice.
struct ModelChoice {
    ParameterChoice choice;
    std::shared_ptr<const Recommender> validated;
};

/// The settings to try for a recommender, the base's own first: those of a search where the options
/// ask for one, else the few of parameter_choices, or the base's alone without tuning.
/// @errors kInvalidArgument
Result<std::vector<ParameterChoice>> choices_to_try(const std::string& name,
                                                    const TrainingOptions& options);

/// The one that is best on the slice, with its trials in the report:
///
///     "validation_ndcg", "trials": [{"parameters", "ndcg" or "error", "budget", "seconds"}],
///     and after a search "search": {"method", "candidates", "budget"}
///
/// budgets being shares of a whole fit, and the search's their sum.
/// @errors those of fit_model, where no trial succeeded; kCancelled
Result<ModelChoice> choose_model(const std::string& name, const TimeSplit& split,
                                 const TrainingOptions& options, ThreadPool& pool,
                                 Progress& progress, nlohmann::json& report);

/// @errors kInvalidArgument: a search for recommenders that are not trained or have no parameters
///         to search, no trials
Status check_search(const TrainingOptions& options);

/// "random", "halving"; "none".
std::string_view parameter_search_name(ParameterSearch search);
/// @errors kInvalidArgument lists the names
Result<ParameterSearch> parse_parameter_search(std::string_view name);

}  // namespace attune
