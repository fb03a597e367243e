#include "evaluation/evaluate_ranking.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "evaluation/ranking_metrics.hpp"

namespace attune {
namespace {

constexpr std::size_t kCustomersPerChunk = 16;

/// What judging a list takes besides the list.
struct Yardsticks {
    std::size_t k;
    SimilarityFunction similarity;
    std::vector<double> information_bits;
};

std::size_t num_customers_with_events(const TrainingData& train) {
    std::size_t count = 0;
    for (std::size_t c = 0; c < train.num_customers(); ++c) {
        if (!train.history(CustomerIndex(c)).empty()) ++count;
    }
    return count;
}

Yardsticks make_yardsticks(const TimeSplit& split, const RankingOptions& options) {
    Yardsticks yardsticks{options.k, options.similarity, {}};
    if (!yardsticks.similarity) yardsticks.similarity = word_similarity(*split.train.catalogue);
    yardsticks.information_bits =
        self_information_bits(count_positive_customers(split.train, split.options.positive_events),
                              num_customers_with_events(split.train));
    return yardsticks;
}

std::array<double, kNumCustomerMetrics> judge(std::span<const ProductIndex> list,
                                              std::span<const ProductIndex> relevant,
                                              const Yardsticks& yardsticks) {
    const std::span<const ProductIndex> top = list.first(std::min(list.size(), yardsticks.k));
    const RankingScores scores = score_list(top, relevant, yardsticks.k);
    return {scores.ndcg,
            scores.recall,
            scores.precision,
            scores.f1,
            scores.average_precision,
            scores.reciprocal_rank,
            scores.hit,
            intra_list_diversity(top, yardsticks.similarity),
            novelty_bits(top, yardsticks.information_bits)};
}

Status check_lists(const TimeSplit& split, std::span<const RecommendedLists> all_lists) {
    std::set<std::string_view> names;
    for (const RecommendedLists& lists : all_lists) {
        if (!names.insert(lists.name).second) {
            return fail(ErrorCode::kInvalidArgument,
                        "two models are called {}; the baselines' names are taken", lists.name);
        }
        if (lists.num_lists() != split.num_customers()) {
            return fail(ErrorCode::kInvalidArgument, "{}: {} lists for {} test customers",
                        lists.name, lists.num_lists(), split.num_customers());
        }
        for (std::size_t position = 0; position < lists.num_lists(); ++position) {
            const std::span<const ProductIndex> list = lists.list(position);
            const std::set<ProductIndex> distinct(list.begin(), list.end());
            if (distinct.size() != list.size()) {
                return fail(ErrorCode::kInvalidArgument,
                            "{}: the list of customer {} repeats a product", lists.name,
                            split.train.customers[split.customers[position].at()].id);
            }
        }
    }
    return {};
}

double coverage_of(const TimeSplit& split, const RecommendedLists& lists, std::size_t k) {
    std::vector<ProductIndex> shown;
    for (std::size_t position = 0; position < lists.num_lists(); ++position) {
        const std::span<const ProductIndex> list = lists.list(position);
        shown.insert(shown.end(), list.begin(),
                     list.begin() + static_cast<std::ptrdiff_t>(std::min(k, list.size())));
    }
    return catalogue_coverage(shown, split.candidates.size());
}

/// A row for each customer: the metrics of every model, then their gains over the reference.
std::vector<double> metrics_by_customer(const TimeSplit& split,
                                        std::span<const RecommendedLists> all_lists,
                                        std::size_t reference, const Yardsticks& yardsticks,
                                        ThreadPool& pool) {
    const std::size_t num_figures = all_lists.size() * kNumCustomerMetrics;
    std::vector<double> rows(split.num_customers() * num_figures * 2);
    pool.parallel_for(
        split.num_customers(), kCustomersPerChunk,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t position = begin; position < end; ++position) {
                double* const row = &rows[position * num_figures * 2];
                for (std::size_t m = 0; m < all_lists.size(); ++m) {
                    const auto figures =
                        judge(all_lists[m].list(position), split.test_of(position), yardsticks);
                    std::copy(figures.begin(), figures.end(), row + m * kNumCustomerMetrics);
                }
                for (std::size_t i = 0; i < num_figures; ++i) {
                    row[num_figures + i] =
                        row[i] - row[reference * kNumCustomerMetrics + i % kNumCustomerMetrics];
                }
            }
        });
    return rows;
}

RankingEvaluation describe(const TimeSplit& split, const RankingOptions& options) {
    RankingEvaluation evaluation;
    evaluation.split = split.options;
    evaluation.k = options.k;
    evaluation.bootstrap = options.bootstrap;
    evaluation.num_customers = split.num_customers();
    evaluation.num_pairs = split.num_pairs();
    evaluation.num_candidates = split.candidates.size();
    evaluation.num_train_customers = num_customers_with_events(split.train);
    evaluation.num_train_events = split.train.interactions.size();
    evaluation.num_products = split.train.num_products();
    return evaluation;
}

}  // namespace

const std::array<MetricInfo, kNumRankingMetrics>& ranking_metric_infos() {
    static constexpr std::array<MetricInfo, kNumRankingMetrics> kInfos{{
        {RankingMetric::kNdcg, "ndcg", "NDCG", "0 to 1",
         "How high the hits stand in the list, against the best possible order.",
         "Järvelin, Kekäläinen, ACM TOIS 20(4), 2002"},
        {RankingMetric::kRecall, "recall", "Recall", "0 to 1",
         "Share of the products taken later that the list holds.",
         "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, ch. 8"},
        {RankingMetric::kPrecision, "precision", "Precision", "0 to 1",
         "Share of the list's places that are hits.",
         "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, ch. 8"},
        {RankingMetric::kF1, "f1", "F1", "0 to 1",
         "Harmonic mean of precision and recall, customer by customer.",
         "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, ch. 8"},
        {RankingMetric::kMap, "map", "MAP", "0 to 1",
         "Mean precision at the hits, over min(k, products taken later).",
         "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, ch. 8"},
        {RankingMetric::kMrr, "mrr", "MRR", "0 to 1", "1 / rank of the first hit, 0 without one.",
         "Voorhees, TREC-8, 1999"},
        {RankingMetric::kHitRate, "hit_rate", "Hit rate", "0 to 1",
         "Share of customers with at least one hit.", "Deshpande, Karypis, ACM TOIS 22(1), 2004"},
        {RankingMetric::kDiversity, "diversity", "Diversity", "0 to 1",
         "1 - mean similarity of the pairs within a list.", "Ziegler et al., WWW 2005"},
        {RankingMetric::kNovelty, "novelty", "Novelty", "bits",
         "Mean of -log2 of the share of customers who have the product.",
         "Zhou et al., PNAS 107(10), 2010"},
        {RankingMetric::kCoverage, "coverage", "Catalogue coverage", "0 to 1",
         "Share of the candidates that stand in at least one list; no interval, as a resample "
         "covers less in any case.",
         "Ge, Delgado-Battenfeld, Jannach, RecSys 2010"},
    }};
    return kInfos;
}

const MetricInfo& info_of(RankingMetric metric) {
    return ranking_metric_infos()[static_cast<std::size_t>(metric)];
}

std::string describe(const ModelComparison& comparison, std::size_t k) {
    const Estimate& gain = comparison.ndcg_gain;
    std::string interval;
    if (gain.interval) {
        interval = fmt::format(" ({:g} % interval {:+.4f} to {:+.4f})", 100 * comparison.confidence,
                               gain.interval->low, gain.interval->high);
    }
    return fmt::format("{} against {}, the best of the others: NDCG@{} {:+.4f}{}: {}",
                       comparison.model, comparison.against, k, gain.value, interval,
                       verdict_of(gain));
}

Result<ModelComparison> compare_with_best(const RankingEvaluation& evaluation,
                                          std::string_view model, ThreadPool& pool) {
    const ModelEvaluation* own = nullptr;
    const ModelEvaluation* best = nullptr;
    for (const ModelEvaluation& candidate : evaluation.models) {
        if (candidate.name == model) {
            own = &candidate;
        } else if (best == nullptr || candidate.metric(RankingMetric::kNdcg).value >
                                          best->metric(RankingMetric::kNdcg).value) {
            best = &candidate;
        }
    }
    if (own == nullptr || best == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "there is no model '{}' beside others to compare",
                    model);
    }
    ATTUNE_ASSIGN(const Estimate gain,
                  bootstrap_difference(own->ndcg_of_customer, best->ndcg_of_customer,
                                       evaluation.bootstrap, pool));
    return ModelComparison{own->name, best->name, gain, evaluation.bootstrap.confidence};
}

Result<RankingEvaluation> evaluate_recommenders(const TimeSplit& split,
                                                std::span<const ScoredModel> models,
                                                const RankingOptions& options, ThreadPool& pool) {
    std::vector<RecommendedLists> lists;
    for (const ScoredModel& model : models) {
        ATTUNE_ASSIGN(RecommendedLists of_model, recommend_lists(split, model, options.k, pool));
        lists.push_back(std::move(of_model));
    }
    return evaluate_lists(split, lists, options, pool);
}

Result<RankingEvaluation> evaluate_lists(const TimeSplit& split,
                                         std::span<const RecommendedLists> lists,
                                         const RankingOptions& options, ThreadPool& pool) {
    std::vector<RecommendedLists> all_lists;
    for (const ScoredModel& baseline :
         {random_baseline(options.random_seed), popularity_baseline(split)}) {
        ATTUNE_ASSIGN(RecommendedLists of_baseline,
                      recommend_lists(split, baseline, options.k, pool));
        all_lists.push_back(std::move(of_baseline));
    }
    RankingEvaluation evaluation = describe(split, options);
    evaluation.num_baselines = all_lists.size();
    const std::size_t reference = all_lists.size() - 1;
    all_lists.insert(all_lists.end(), lists.begin(), lists.end());
    ATTUNE_TRY(check_lists(split, all_lists));

    const std::size_t num_figures = all_lists.size() * kNumCustomerMetrics;
    const std::vector<double> rows =
        metrics_by_customer(split, all_lists, reference, make_yardsticks(split, options), pool);
    ATTUNE_ASSIGN(const std::vector<Estimate> estimates,
                  bootstrap_means(rows, num_figures * 2, options.bootstrap, pool));
    for (std::size_t m = 0; m < all_lists.size(); ++m) {
        ModelEvaluation model;
        model.name = all_lists[m].name;
        const std::size_t first = m * kNumCustomerMetrics;
        for (std::size_t i = 0; i < kNumCustomerMetrics; ++i) {
            model.metrics[i] = estimates[first + i];
            model.gains[i] = estimates[num_figures + first + i];
        }
        model.metrics[static_cast<std::size_t>(RankingMetric::kCoverage)] = {
            coverage_of(split, all_lists[m], options.k), std::nullopt};
        for (std::size_t position = 0; position < split.num_customers(); ++position) {
            model.ndcg_of_customer.push_back(rows[position * num_figures * 2 + first]);
        }
        evaluation.models.push_back(std::move(model));
    }
    return evaluation;
}

}  // namespace attune
