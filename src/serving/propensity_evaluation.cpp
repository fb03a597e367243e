#include "serving/propensity_evaluation.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "evaluation/folds.hpp"

namespace attune {

Result<PropensityEvaluation> evaluate_propensity(const TrainingData& data,
                                                 const PropensityEvaluationRequest& request,
                                                 ThreadPool& pool, Progress& progress) {
    const std::vector<float> held = category_labels(data, request.category);
    std::vector<std::uint8_t> labels(held.size());
    std::transform(held.begin(), held.end(), labels.begin(),
                   [](float label) { return static_cast<std::uint8_t>(label > 0); });
    const auto num_holders = std::count(labels.begin(), labels.end(), 1);
    if (num_holders == 0) {
        const std::vector<std::string> known = held_categories(data, request.options);
        return fail(ErrorCode::kInvalidArgument,
                    "nobody holds a product of category '{}'; enough customers hold {}",
                    request.category, fmt::join(known, ", "));
    }
    auto folds = stratified_folds(labels, request.num_folds, request.seed);
    if (!folds) return fail(folds.error().at(request.category));
    const std::vector<int> fold_of(folds->begin(), folds->end());
    ATTUNE_ASSIGN(const std::vector<double> probabilities,
                  cross_validated_propensity(data, request.category, fold_of, request.options, pool,
                                             progress));
    ProbabilityPredictions predictions;
    predictions.name = "propensity";
    predictions.target = "holds " + request.category;
    predictions.probabilities = probabilities;
    predictions.labels = labels;
    predictions.folds = *folds;
    PropensityEvaluation evaluation;
    evaluation.category = request.category;
    ATTUNE_ASSIGN(evaluation.probabilities,
                  evaluate_probabilities(predictions, request.prediction, pool));
    const std::vector<double> outcomes(held.begin(), held.end());
    ATTUNE_ASSIGN(evaluation.numbers,
                  evaluate_numbers({predictions.name, predictions.target + ", as 0 or 1",
                                    "probability", probabilities, outcomes},
                                   request.prediction.bootstrap, pool));
    return evaluation;
}

std::vector<std::string> held_categories(const TrainingData& data,
                                         const PropensityOptions& options) {
    std::vector<std::string> categories = data.catalogue->categories();
    std::erase_if(categories, [&](const std::string& category) {
        if (category.empty()) return true;
        const std::vector<float> labels = category_labels(data, category);
        const auto positives = static_cast<std::size_t>(
            std::count_if(labels.begin(), labels.end(), [](float label) { return label > 0; }));
        return positives < options.min_positives ||
               labels.size() - positives < options.min_negatives;
    });
    return categories;
}

}  // namespace attune
