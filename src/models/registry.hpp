#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/als.hpp"
#include "models/cohort.hpp"
#include "models/content.hpp"
#include "models/linear/ease.hpp"
#include "models/linear/slim.hpp"
#include "models/linear/svd.hpp"
#include "models/neighbours/item_knn.hpp"
#include "models/neighbours/user_knn.hpp"
#include "models/popularity.hpp"
#include "models/propensity.hpp"
#include "models/random_baseline.hpp"
#include "models/recommender.hpp"
#include "models/sequence/markov.hpp"
#include "models/sequence/session_knn.hpp"
#include "models/sgd/biased_mf.hpp"
#include "models/sgd/bpr.hpp"
#include "models/sgd/warp.hpp"

namespace attune {

/// The options of every recommender; each reads its own.
struct ModelOptions {
    PopularityOptions popularity;
    ItemKnnOptions item_knn;
    UserKnnOptions user_knn;
    AlsOptions als;
    ContentOptions content;
    CohortOptions cohort;
    PropensityOptions propensity;
    EaseOptions ease;
    SlimOptions slim;
    SvdOptions svd;
    MarkovOptions markov;
    SessionKnnOptions session_knn;
    RandomBaselineOptions random_baseline;
    BprOptions bpr;
    WarpOptions warp;
    BiasedMfOptions biased_mf;
};

/// The names that fit_model and load_model know, in a fixed order.
std::span<const std::string_view> model_names();

/// Fits the recommender `name`.
/// @errors kInvalidArgument: no such recommender (the message lists them) or its options are out of
///         range; kCancelled
/// @threads one fit at a time per pool
Result<std::unique_ptr<Recommender>> fit_model(std::string_view name, const TrainingData& data,
                                               const ModelOptions& options, ThreadPool& pool,
                                               Progress& progress);

/// Reads what Recommender::save of the recommender `name` wrote; the catalogue may have changed
/// since, its new products then score 0 with models that need to have seen them.
/// @errors kInvalidArgument: no such recommender; kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_model(std::string_view name, BinaryReader& reader,
                                                std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
