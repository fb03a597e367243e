#include "serving/ranking_evaluation.hpp"

namespace attune {

Result<RankingEvaluationOutcome> evaluate_ranking(const TrainingData& data,
                                                  const RankingEvaluationRequest& request,
                                                  ThreadPool& pool, Progress& progress) {
    ATTUNE_ASSIGN(const TimeSplit split, split_by_time(data, request.split));
    ATTUNE_ASSIGN(TrainedModels trained,
                  train_models(split.train, request.training, pool, progress));
    std::vector<ScoredModel> models;
    for (const auto& model : trained.models) {
        const bool taken = model->name() == kPopularityBaseline;
        models.push_back(
            scored_model(std::string(taken ? kRecentPopularity : model->name()), *model));
    }
    if (trained.blend) {
        models.push_back(scored_model(std::string(trained.blend->name()), *trained.blend));
    }
    const ProgressStage stage(progress, "comparing", 0);
    ATTUNE_ASSIGN(RankingEvaluation evaluation,
                  evaluate_recommenders(split, models, request.ranking, pool));
    if (trained.blend) {
        ATTUNE_ASSIGN(evaluation.comparison,
                      compare_with_best(evaluation, trained.blend->name(), pool));
    }
    return RankingEvaluationOutcome{std::move(evaluation), std::move(trained.report)};
}

}  // namespace attune
