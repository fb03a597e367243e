#pragma once

#include <string>

#include "evaluation/report.hpp"

namespace attune {

/// What the report's script draws, by the id of the canvas, as JSON that can stand inside a script
/// element: no "<" occurs in it.
///
/// Kinds: "bars" (labels, values, intervals or null, baselines), "line" (points, diagonal) and
/// "points" (points with the size of their bin, diagonal).
std::string chart_data(const EvaluationReport& report);

/// Ids of the canvases, for the template.
std::string ranking_chart_id(RankingMetric metric);
std::string blend_chart_id();
enum class PredictionChart { kRoc, kCalibration, kFolds };
std::string prediction_chart_id(std::size_t position, PredictionChart chart);

/// The metrics of a ranking that are drawn.
inline constexpr std::array kChartedMetrics{RankingMetric::kNdcg, RankingMetric::kRecall};

}  // namespace attune
