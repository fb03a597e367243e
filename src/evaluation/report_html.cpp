#include <algorithm>
#include <iterator>
#include <kainjow/mustache.hpp>

#include "evaluation/embedded.hpp"
#include "evaluation/report.hpp"
#include "evaluation/report_charts.hpp"
#include "evaluation/report_parts.hpp"

namespace attune {
namespace {

using kainjow::mustache::data;

/// One sentence that says who won and by how much.
std::string headline_of(const RankingEvaluation& ranking) {
    if (ranking.models.size() <= ranking.num_baselines) return {};
    const auto ndcg = [](const ModelEvaluation& model) -> const Estimate& {
        return model.metric(RankingMetric::kNdcg);
    };
    const auto first = ranking.models.begin() + static_cast<std::ptrdiff_t>(ranking.num_baselines);
    const auto best = std::max_element(
        first, ranking.models.end(),
        [&](const auto& a, const auto& b) { return ndcg(a).value < ndcg(b).value; });
    const Estimate& popular = ndcg(*std::prev(first));
    std::string text = fmt::format("{} foresees best: NDCG@{} {:.4f} ({})", best->name, ranking.k,
                                   ndcg(*best).value, format_interval(ndcg(*best), 4));
    if (popular.value > 0) {
        text += fmt::format(", {:.2f} times popularity", ndcg(*best).value / popular.value);
    }
    return text + ".";
}

data list_of_texts(const std::vector<std::string>& texts) {
    data list{data::type::list};
    for (const std::string& text : texts) {
        data item;
        item.set("text", text);
        list << item;
    }
    return list;
}

data facts_of(const EvaluationReport& report) {
    data list{data::type::list};
    const auto add = [&](const std::string& label, const std::string& text) {
        data item;
        item.set("label", label);
        item.set("text", text);
        list << item;
    };
    for (const LabelledText& entry : report.data) add(entry.label, entry.text);
    if (!report.ranking) return list;
    const RankingEvaluation& ranking = *report.ranking;
    add("Learnt from",
        fmt::format("{} events of {} customers, before {}", format_count(ranking.num_train_events),
                    format_count(ranking.num_train_customers), format_moment(ranking.split.cut)));
    add("Test customers", format_count(ranking.num_customers));
    add("Test pairs of customer and product", format_count(ranking.num_pairs));
    add("Candidates", fmt::format("{} of {} products", format_count(ranking.num_candidates),
                                  format_count(ranking.num_products)));
    add("Test period", ranking.split.until ? "until " + format_moment(*ranking.split.until)
                                           : std::string("all that follows the cut"));
    add("To be foreseen", describe_test(ranking.split));
    return list;
}

data selections_of(const std::vector<ModelSelection>& selections) {
    data list{data::type::list};
    for (const ModelSelection& selection : selections) {
        data trials{data::type::list};
        for (std::size_t i = 0; i < selection.trials.size(); ++i) {
            data trial;
            trial.set("parameters", format_parameters(selection.trials[i]));
            trial.set("score", fmt::format("{:.4f}", selection.trials[i].score));
            trial.set("best", data{i == selection.chosen});
            trials << trial;
        }
        data item;
        item.set("model", selection.model);
        item.set("metric", selection.metric);
        item.set("num_trials", std::to_string(selection.trials.size()));
        const bool known = selection.chosen < selection.trials.size();
        const Trial chosen = known ? selection.trials[selection.chosen] : Trial{};
        item.set("chosen", format_parameters(chosen));
        item.set("score", fmt::format("{:.4f}", chosen.score));
        item.set("trials", trials);
        list << item;
    }
    return list;
}

data page_of(const EvaluationReport& report) {
    data page;
    page.set("title", report.title.empty() ? std::string("Evaluation") : report.title);
    page.set("made_at", format_timestamp(report.made_at));
    set_text(page, "version", report.version);
    set_text(page, "headline", report.ranking ? headline_of(*report.ranking) : std::string());
    const data facts = facts_of(report);
    page.set("has_data", data{!facts.is_empty_list()});
    page.set("data", facts);
    page.set("has_notes", data{!report.notes.empty()});
    page.set("notes", list_of_texts(report.notes));
    page.set("ranking", report.ranking ? ranking_part(*report.ranking) : data{false});
    page.set("blend",
             report.blend_weights.empty() ? data{false} : blend_part(report.blend_weights));
    page.set("has_selections", data{!report.selections.empty()});
    page.set("selections", selections_of(report.selections));
    data classifications{data::type::list};
    for (std::size_t i = 0; i < report.classifications.size(); ++i) {
        classifications << classification_part(report.classifications[i], i);
    }
    page.set("classifications", classifications);
    data regressions{data::type::list};
    for (std::size_t i = 0; i < report.regressions.size(); ++i) {
        regressions << regression_part(report.regressions[i], i);
    }
    page.set("regressions", regressions);
    return page;
}

}  // namespace

Result<std::string> report_to_html(const EvaluationReport& report) {
    data page = page_of(report);
    page.set("chart_data", chart_data(report));
    page.set("css", std::string(embedded::report_css()));
    page.set("js", std::string(embedded::report_js()));
    page.set("chart_js", std::string(embedded::chart_js()));
    kainjow::mustache::mustache page_template{std::string(embedded::report_template())};
    std::string html;
    if (page_template.is_valid()) html = page_template.render(page);
    if (!page_template.is_valid()) {
        return fail(ErrorCode::kInternal, "the report's template is damaged: {}",
                    page_template.error_message());
    }
    return html;
}

}  // namespace attune
