#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/bootstrap.hpp"
#include "evaluation/list_metrics.hpp"
#include "evaluation/recommend_lists.hpp"
#include "evaluation/split.hpp"

namespace attune {

enum class RankingMetric {
    kNdcg,
    kRecall,
    kPrecision,
    kF1,
    kMap,
    kMrr,
    kHitRate,
    kDiversity,
    kNovelty,
    kCoverage,
};
inline constexpr std::size_t kNumRankingMetrics = 10;
/// All but coverage, which is a figure of all lists together: the means over customers.
inline constexpr std::size_t kNumCustomerMetrics = 9;

/// What a reader needs to know of a metric. Every one is better when higher, up to taste for the
/// last three.
struct MetricInfo {
    RankingMetric metric;
    std::string_view key;      ///< "ndcg"
    std::string_view title;    ///< "NDCG"
    std::string_view unit;     ///< "0 to 1"
    std::string_view meaning;  ///< one sentence
    std::string_view source;   ///< where it is defined
};
/// In the order of the enumeration.
const std::array<MetricInfo, kNumRankingMetrics>& ranking_metric_infos();
const MetricInfo& info_of(RankingMetric metric);

struct RankingOptions {
    std::size_t k = 10;  ///< length of the lists
    BootstrapOptions bootstrap = {};
    std::uint64_t random_seed = 1;       ///< of the random baseline
    SimilarityFunction similarity = {};  ///< for diversity; none: word_similarity of the catalogue
};

struct ModelEvaluation {
    std::string name;
    std::array<Estimate, kNumRankingMetrics> metrics;
    /// By how much the mean over customers is above that of the popularity baseline, customer by
    /// customer; none for coverage.
    std::array<Estimate, kNumCustomerMetrics> gains;
    /// NDCG of each test customer, in the order of the split.
    std::vector<double> ndcg_of_customer;

    [[nodiscard]] const Estimate& metric(RankingMetric which) const {
        return metrics[static_cast<std::size_t>(which)];
    }
};

/// One model against another, customer by customer.
struct ModelComparison {
    std::string model;
    std::string against;
    Estimate ndcg_gain;  ///< mean of the model's NDCG less the other's
    double confidence = 0.95;
};

/// "blend against item_knn, the best of the others: NDCG@20 +0.0094 (95 % interval +0.0071 to
/// +0.0118): better".
std::string describe(const ModelComparison& comparison, std::size_t k);

struct RankingEvaluation {
    TimeSplitOptions split;
    std::size_t k = 0;
    BootstrapOptions bootstrap;
    std::size_t num_customers = 0;  ///< test customers
    std::size_t num_pairs = 0;      ///< test products of all of them
    std::size_t num_candidates = 0;
    std::size_t num_train_customers = 0;  ///< with an event before the cut
    std::size_t num_train_events = 0;
    std::size_t num_products = 0;         ///< of the catalogue
    std::vector<ModelEvaluation> models;  ///< the baselines first: random, most popular
    std::size_t num_baselines = 0;
    std::optional<ModelComparison> comparison{};  ///< of the blend with the best single model
};

/// Compares `model` with the best of the others by NDCG. That one is chosen on the same customers,
/// which favours it: a model that is better all the same is.
/// @errors kInvalidArgument: no such model, or no other
Result<ModelComparison> compare_with_best(const RankingEvaluation& evaluation,
                                          std::string_view model, ThreadPool& pool);

/// Compares recommenders, and random and popularity before them, on what customers did after the
/// cut. Each metric is a mean over test customers with a bootstrap interval over customers.
/// Coverage has none: a resample has fewer distinct customers, so it covers less in any case.
///
/// @param models  names differ from each other and from those of the baselines
/// @errors kInvalidArgument: k is 0, a name twice, bootstrap options out of range; kInternal: a
///         score that is not finite
/// @threads  the result does not depend on their number
Result<RankingEvaluation> evaluate_recommenders(const TimeSplit& split,
                                                std::span<const ScoredModel> models,
                                                const RankingOptions& options, ThreadPool& pool);

/// The same for lists made elsewhere, such as by the whole pipeline with its constraints. The
/// baselines are added in front.
/// @errors also kInvalidArgument: not one list for each test customer, a repeated product in a list
Result<RankingEvaluation> evaluate_lists(const TimeSplit& split,
                                         std::span<const RecommendedLists> lists,
                                         const RankingOptions& options, ThreadPool& pool);

}  // namespace attune
