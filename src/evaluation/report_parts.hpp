#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <vector>

#include "evaluation/report.hpp"

/// Inside the report: its sections as data for the template, and how figures are written.
namespace attune {

/// "1,234,567".
std::string format_count(std::size_t count);
/// The day alone for midnight, else to the millisecond; UTC.
std::string format_moment(Timestamp time);
/// "0.0890 to 0.0990"; empty without an interval.
std::string format_interval(const Estimate& estimate, int decimals);
/// "factors 64, regularization 0.1"; "none" for no parameters.
std::string format_parameters(const Trial& trial);

/// The text, or false when empty, which leaves a section of that name out.
void set_text(kainjow::mustache::data& data, const std::string& name, const std::string& text);

kainjow::mustache::data ranking_part(const RankingEvaluation& ranking);
kainjow::mustache::data blend_part(const std::vector<BlendWeight>& weights);
/// @param position  among the classifications, for the ids of the charts
kainjow::mustache::data classification_part(const ClassificationEvaluation& evaluation,
                                            std::size_t position);
kainjow::mustache::data regression_part(const RegressionEvaluation& evaluation,
                                        std::size_t position);

/// Pixels that a chart of that many horizontal bars takes.
int bars_height(std::size_t num_bars);

}  // namespace attune
