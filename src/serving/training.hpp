#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/split.hpp"
#include "features/training_data.hpp"
#include "models/registry.hpp"
#include "ranking/blend.hpp"

namespace attune {

using ModelWeights = std::map<std::string, double, std::less<>>;

/// How parameters are looked for.
enum class ParameterSearch : std::uint8_t {
    kNone,     ///< a few fixed candidates, where `tune` says so
    kRandom,   ///< drawn at random from the recommender's search space, each tried in full
    kHalving,  ///< the same, but most of them only a little (search_candidates)
};

struct TrainingOptions {
    std::vector<std::string> models;  ///< names of the recommenders to fit
    ModelOptions base;                ///< where the search for parameters starts
    bool tune = true;                 ///< try a few parameters on the validation slice
    ParameterSearch search = ParameterSearch::kNone;  ///< there, in place of `tune`
    std::size_t num_trials = 20;             ///< candidates of a search, the base's own among them
    std::vector<std::string> search_models;  ///< whose parameters; empty: all that have any
    /// The last days of the data, on which choices are made; cut_with_enough_to_foresee.
    double validation_days = 30;
    std::size_t k = 20;                       ///< choices maximise NDCG@k there
    ModelWeights blend_weights;               ///< for customers with a history; empty: learnt
    ModelWeights cold_weights;                ///< for customers without
    std::size_t max_scale_customers = 2'000;  ///< a sample of this size sets the scales
    std::uint64_t seed = 1;
};

struct TrainedModels {
    std::vector<std::shared_ptr<const Recommender>> models;
    std::shared_ptr<const Blend> blend;  ///< none where there are too few events to learn from
    std::shared_ptr<const Blend> cold_blend;
    /// {"models": [{"name", "seconds", "parameters", and what choose_model reports}],
    ///  "blend": {...}, "cold_blend": {...}, "validation": {...}, "left_out": [...]}, and
    /// "search": {"method", "skipped": why} where a search was asked for that had no days to look
    /// at
    nlohmann::json report;
};

/// Fits the recommenders and their blend on all of `data`. Parameters and weights are chosen on its
/// last `validation_days` days (more where those hold hardly any event) by models that saw only
/// what came before; where no event lies before those days, the parameters are the base's and a
/// search is reported as skipped. Recommenders that live on events are left out, and named in the
/// report, where there are none.
///
/// @errors kInvalidArgument: an unknown recommender, bad options or weights; kCancelled
Result<TrainedModels> train_models(const TrainingData& data, const TrainingOptions& options,
                                   ThreadPool& pool, Progress& progress);

}  // namespace attune
