#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "evaluation/parameter_search.hpp"
#include "features/training_data.hpp"
#include "models/registry.hpp"
#include "serving/tuning.hpp"

namespace attune {

/// One parameter of a recommender that a search may change.
struct SearchParameter {
    SearchDimension dimension;
    /// Where it stands in the options.
    std::variant<double*, std::size_t*> (*field)(ModelOptions&);
    /// Whether a fit takes time in proportion to it, so that less of it is a cheaper trial.
    bool is_effort = false;
};

/// The parameters of a recommender; none for those without any that matter.
std::span<const SearchParameter> search_parameters(std::string_view model);

/// The base's own choice and up to `count` - 1 drawn ones; parameters that measure effort keep the
/// base's value, for the most of it would always be best.
/// @errors kInvalidArgument: a recommender without parameters to search; count is 0
Result<std::vector<ParameterChoice>> drawn_choices(std::string_view model, const ModelOptions& base,
                                                   std::size_t count, std::uint64_t seed);

/// Makes a fit cost about the share `budget` in (0, 1] by fewer sweeps or epochs, one at least.
/// False, and nothing done, for recommenders that have none.
bool scale_effort(std::string_view model, double budget, ModelOptions& options);

/// The data of a share in (0, 1] of the customers, drawn by the seed: the cheaper trial for
/// recommenders without sweeps. At least one customer, where there is any.
TrainingData share_of_customers(const TrainingData& data, double share, std::uint64_t seed);

}  // namespace attune
