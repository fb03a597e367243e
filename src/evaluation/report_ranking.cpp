#include <algorithm>

#include "evaluation/report_charts.hpp"
#include "evaluation/report_parts.hpp"

namespace attune {
namespace {

using kainjow::mustache::data;

constexpr std::array kGainMetrics{RankingMetric::kNdcg, RankingMetric::kRecall,
                                  RankingMetric::kHitRate};

int decimals_of(RankingMetric metric) {
    return metric == RankingMetric::kNovelty ? 2 : 4;
}

std::string title_at_k(RankingMetric metric, std::size_t k) {
    switch (metric) {
        case RankingMetric::kDiversity:
        case RankingMetric::kNovelty:
        case RankingMetric::kCoverage:
            return std::string(info_of(metric).title);
        default:
            return fmt::format("{}@{}", info_of(metric).title, k);
    }
}

/// The highest value of each metric; for what is no matter of better or worse, none.
std::optional<double> best_value(const RankingEvaluation& ranking, RankingMetric metric) {
    if (metric >= RankingMetric::kDiversity || ranking.models.empty()) return std::nullopt;
    double best = 0;
    for (const ModelEvaluation& model : ranking.models) {
        best = std::max(best, model.metric(metric).value);
    }
    return best > 0 ? std::optional(best) : std::nullopt;
}

data cell_of(const Estimate& estimate, int decimals) {
    data cell;
    cell.set("value", fmt::format("{:.{}f}", estimate.value, decimals));
    set_text(cell, "interval", format_interval(estimate, decimals));
    return cell;
}

data models_of(const RankingEvaluation& ranking) {
    data list{data::type::list};
    for (std::size_t m = 0; m < ranking.models.size(); ++m) {
        data cells{data::type::list};
        for (const MetricInfo& info : ranking_metric_infos()) {
            const Estimate& estimate = ranking.models[m].metric(info.metric);
            data cell = cell_of(estimate, decimals_of(info.metric));
            cell.set("best", data{estimate.value == best_value(ranking, info.metric)});
            cells << cell;
        }
        data model;
        model.set("name", ranking.models[m].name);
        model.set("baseline", data{m < ranking.num_baselines});
        model.set("cells", cells);
        list << model;
    }
    return list;
}

data gains_of(const RankingEvaluation& ranking) {
    data list{data::type::list};
    for (std::size_t m = ranking.num_baselines; m < ranking.models.size(); ++m) {
        data cells{data::type::list};
        for (const RankingMetric metric : kGainMetrics) {
            const Estimate& gain = ranking.models[m].gains[static_cast<std::size_t>(metric)];
            data cell;
            cell.set("value", fmt::format("{:+.4f}", gain.value));
            cell.set("interval", gain.interval
                                     ? fmt::format("{:+.4f} to {:+.4f}", gain.interval->low,
                                                   gain.interval->high)
                                     : std::string());
            cells << cell;
        }
        data model;
        model.set("name", ranking.models[m].name);
        model.set("cells", cells);
        model.set("verdict", std::string(verdict_of(ranking.models[m].gains[0])));
        list << model;
    }
    return list;
}

template <typename Metrics>
data titles_of(const Metrics& metrics, std::size_t k) {
    data list{data::type::list};
    for (const RankingMetric metric : metrics) {
        data item;
        item.set("title", title_at_k(metric, k));
        list << item;
    }
    return list;
}

data meanings_of() {
    data list{data::type::list};
    for (const MetricInfo& info : ranking_metric_infos()) {
        data item;
        item.set("title", std::string(info.title));
        item.set("meaning", std::string(info.meaning));
        item.set("unit", std::string(info.unit));
        item.set("source", std::string(info.source));
        list << item;
    }
    return list;
}

data charts_of(const RankingEvaluation& ranking) {
    data list{data::type::list};
    for (const RankingMetric metric : kChartedMetrics) {
        const std::string title = title_at_k(metric, ranking.k);
        std::string description = fmt::format("Bar chart of {} by model: ", title);
        for (const ModelEvaluation& model : ranking.models) {
            description += fmt::format("{} {:.4f}; ", model.name, model.metric(metric).value);
        }
        data chart;
        chart.set("id", ranking_chart_id(metric));
        chart.set("caption", fmt::format("{} of each model", title));
        chart.set("description", description + "the table below has the intervals.");
        chart.set("height", std::to_string(bars_height(ranking.models.size())));
        list << chart;
    }
    return list;
}

}  // namespace

data ranking_part(const RankingEvaluation& ranking) {
    std::vector<RankingMetric> all;
    for (const MetricInfo& info : ranking_metric_infos()) all.push_back(info.metric);
    const data gains = gains_of(ranking);
    data part;
    part.set("k", std::to_string(ranking.k));
    part.set("confidence", fmt::format("{:g}", 100 * ranking.bootstrap.confidence));
    part.set("resamples", format_count(ranking.bootstrap.num_resamples));
    part.set("charts", charts_of(ranking));
    part.set("columns", titles_of(all, ranking.k));
    part.set("models", models_of(ranking));
    part.set("has_gains", data{!gains.is_empty_list()});
    part.set("gain_columns", titles_of(kGainMetrics, ranking.k));
    part.set("gains", gains);
    set_text(part, "comparison",
             ranking.comparison ? describe(*ranking.comparison, ranking.k) : std::string());
    part.set("verdict_metric", title_at_k(RankingMetric::kNdcg, ranking.k));
    part.set("meanings", meanings_of());
    return part;
}

data blend_part(const std::vector<BlendWeight>& weights) {
    std::string description = "Bar chart of the weights: ";
    data list{data::type::list};
    for (const BlendWeight& entry : weights) {
        data item;
        item.set("model", entry.model);
        item.set("weight", fmt::format("{:.4f}", entry.weight));
        list << item;
        description += fmt::format("{} {:.4f}; ", entry.model, entry.weight);
    }
    data part;
    part.set("id", blend_chart_id());
    part.set("height", std::to_string(bars_height(weights.size())));
    part.set("description", description + "the table has them too.");
    part.set("weights", list);
    return part;
}

}  // namespace attune
