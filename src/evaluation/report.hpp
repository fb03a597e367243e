#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "evaluation/evaluate_predictions.hpp"
#include "evaluation/evaluate_ranking.hpp"
#include "evaluation/model_selection.hpp"

namespace attune {

struct LabelledText {
    std::string label;
    std::string text;
};

struct BlendWeight {
    std::string model;
    double weight = 0;
};

/// Everything one run of `attune evaluate` found out. Empty parts are left out of the documents.
/// Texts are plain UTF-8; nothing in them is taken for markup.
struct EvaluationReport {
    std::string title;
    Timestamp made_at;
    std::string version;             ///< of Attune, or of the model
    std::vector<LabelledText> data;  ///< what the figures rest on: name, licence, rows
    std::optional<RankingEvaluation> ranking;
    std::vector<BlendWeight> blend_weights;
    std::vector<ModelSelection> selections;
    std::vector<ClassificationEvaluation> classifications;
    std::vector<RegressionEvaluation> regressions;
    std::vector<std::string> notes;  ///< what a reader must know to judge the figures
};

/// The figures of one evaluation for machines, in one flat object: each metric under its key, such
/// as "ndcg", and its interval, where it has one, as [low, high] under "ndcg_interval".
nlohmann::json ranking_to_json(const RankingEvaluation& ranking);
nlohmann::json classification_to_json(const ClassificationEvaluation& evaluation);
nlohmann::json regression_to_json(const RegressionEvaluation& evaluation);

/// For people: one HTML file that asks nothing of the network, with charts and with every charted
/// figure in a table too.
/// @errors kInternal: the built-in template is damaged
Result<std::string> report_to_html(const EvaluationReport& report);

}  // namespace attune
