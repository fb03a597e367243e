#include "evaluation/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "evaluation/embedded.hpp"
#include "evaluation/folds.hpp"
#include "evaluation/report_charts.hpp"
#include "evaluation/report_parts.hpp"
#include "unit/evaluation/sample_data.hpp"

namespace attune {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

RankingEvaluation sample_ranking(const std::string& model_name) {
    ThreadPool pool(1);
    TimeSplitOptions options;
    options.cut = sample_day(60);
    options.until = sample_day(95);
    const TimeSplit split = split_by_time(planted_data(40, 20, 8, 3), options).value();
    const ScoredModel model{model_name, [](const CustomerView& customer, std::span<double> scores) {
                                for (const Interaction& i : customer.history) {
                                    scores[(i.product.at() + 1) % scores.size()] += 1;
                                }
                            }};
    return evaluate_recommenders(split, std::vector{model}, {}, pool).value();
}

ClassificationEvaluation sample_classification(const std::string& name) {
    ThreadPool pool(1);
    Random random(3);
    std::vector<double> probabilities;
    std::vector<std::uint8_t> labels;
    for (int i = 0; i < 500; ++i) {
        probabilities.push_back(random.uniform());
        labels.push_back(random.uniform() < probabilities.back() ? 1 : 0);
    }
    const auto folds = stratified_folds(labels, 5, 1).value();
    return evaluate_probabilities({name, "deposit", probabilities, labels, folds}, {}, pool)
        .value();
}

RegressionEvaluation sample_regression() {
    ThreadPool pool(1);
    const std::vector<double> actual{1, 2, 3, 4, 5, 6};
    const std::vector<double> predicted{1.5, 2, 2.5, 4, 5.5, 6};
    return evaluate_numbers({"linear", "income", "EUR", predicted, actual}, {}, pool).value();
}

EvaluationReport sample_report() {
    EvaluationReport report;
    report.title = "Sample";
    report.made_at = sample_day(0);
    report.version = "1.2.3";
    report.data = {{"Name", "planted"}};
    report.ranking = sample_ranking("shift_one");
    report.blend_weights = {{"shift_one", 0.75}, {"popularity", 0.25}};
    report.selections = {
        {"als", "NDCG@10", {{{{"factors", "32"}}, 0.1}, {{{"factors", "64"}}, 0.2}}, 1}};
    report.classifications = {sample_classification("boosting")};
    report.regressions = {sample_regression()};
    report.notes = {"A planted sample."};
    return report;
}

TEST(ReportJson, HoldsEveryFigureOfARanking) {
    RankingEvaluation ranking = sample_ranking("shift_one");
    EXPECT_FALSE(ranking_to_json(ranking).contains("comparison"));
    ThreadPool pool(1);
    ranking.comparison = compare_with_best(ranking, "shift_one", pool).value();
    const json object = ranking_to_json(ranking);
    EXPECT_EQ(object["customers"], ranking.num_customers);
    EXPECT_EQ(object["pairs"], ranking.num_pairs);
    EXPECT_EQ(object["candidates"], ranking.num_candidates);
    EXPECT_EQ(object["cut"], "2020-03-01T00:00:00.000Z");
    EXPECT_EQ(object["positive_events"], "purchases");
    EXPECT_EQ(object["test_products"], "new_only");
    EXPECT_TRUE(object.contains("until"));
    ASSERT_EQ(object["models"].size(), 3U);
    EXPECT_EQ(object["models"][0]["name"], "random");
    EXPECT_EQ(object["models"][0]["baseline"], true);
    const json& model = object["models"][2];
    EXPECT_EQ(model["baseline"], false);
    for (const MetricInfo& info : ranking_metric_infos()) {
        const std::string key(info.key);
        EXPECT_EQ(model[key], ranking.models[2].metric(info.metric).value) << key;
        EXPECT_EQ(model.contains(key + "_interval"), info.metric != RankingMetric::kCoverage);
    }
    EXPECT_LE(model["ndcg_interval"][0], model["ndcg"]);
    EXPECT_EQ(model["gains_over_popularity"]["recall"], ranking.models[2].gains[1].value);
    EXPECT_EQ(object["comparison"]["model"], "shift_one");
    EXPECT_EQ(object["comparison"]["ndcg_gain"], ranking.comparison->ndcg_gain.value);
    EXPECT_EQ(object["comparison"]["ndcg_gain_interval"].size(), 2U);
}

TEST(ReportJson, HoldsEveryFigureOfPredictions) {
    const ClassificationEvaluation evaluation = sample_classification("boosting");
    const json classification = classification_to_json(evaluation);
    EXPECT_EQ(classification["auc"], evaluation.auc.value);
    EXPECT_EQ(classification["auc_interval"].size(), 2U);
    EXPECT_EQ(classification["baseline_auc"], 0.5);
    EXPECT_EQ(classification["fold_auc"].size(), 5U);
    EXPECT_EQ(classification["rows"], 500U);
    EXPECT_FALSE(classification["calibration_bins"].empty());
    const json regression = regression_to_json(sample_regression());
    EXPECT_EQ(regression["unit"], "EUR");
    for (const char* key : {"mse", "rmse", "mae", "r2"}) {
        EXPECT_TRUE(regression[key].is_number()) << key;
        EXPECT_TRUE(regression.contains(std::string(key) + "_interval")) << key;
        EXPECT_TRUE(regression.contains(std::string("baseline_") + key)) << key;
    }
}

TEST(ReportJson, NamesTheOtherChoicesOfTheSplit) {
    RankingEvaluation ranking;
    ranking.split.positive_events = PositiveEvents::kAnyWeight;
    ranking.split.test_products = TestProducts::kAll;
    ranking.split.candidates = CandidateProducts::kWholeCatalogue;
    const json object = ranking_to_json(ranking);
    EXPECT_EQ(object["positive_events"], "any_weight");
    EXPECT_EQ(object["test_products"], "all");
    EXPECT_EQ(object["candidate_products"], "whole_catalogue");
    EXPECT_FALSE(object.contains("until"));
}

TEST(ReportHtml, AsksNothingOfTheNetwork) {
    const std::string html = report_to_html(sample_report()).value();
    EXPECT_THAT(html, HasSubstr("default-src 'none'"));
    const std::regex outside(R"((src|href)\s*=\s*["']?[a-z/])", std::regex::icase);
    std::string markup = html;
    const auto script = markup.find(embedded::chart_js());
    ASSERT_NE(script, std::string::npos);
    markup.erase(script, embedded::chart_js().size());
    EXPECT_FALSE(std::regex_search(markup, outside));
    EXPECT_THAT(markup, Not(HasSubstr("@import")));
    EXPECT_THAT(markup, Not(HasSubstr("url(")));
    EXPECT_THAT(markup, Not(HasSubstr("http:")));
    EXPECT_THAT(markup, Not(HasSubstr("https:")));
}

TEST(ReportHtml, ShowsEveryPart) {
    const EvaluationReport report = sample_report();
    const std::string html = report_to_html(report).value();
    const auto ndcg = report.ranking->models[2].metric(RankingMetric::kNdcg).value;
    EXPECT_THAT(html, HasSubstr(fmt::format("{:.4f}", ndcg)));
    EXPECT_THAT(html, HasSubstr("shift_one foresees best"));
    EXPECT_THAT(html, HasSubstr("NDCG@10"));
    EXPECT_THAT(html, HasSubstr("deposit: boosting"));
    EXPECT_THAT(html, HasSubstr("factors 64"));
    EXPECT_THAT(html, HasSubstr("RMSE"));
    EXPECT_THAT(html, HasSubstr("EUR squared"));
    EXPECT_THAT(html, HasSubstr("A planted sample."));
    EXPECT_THAT(html, HasSubstr("1.2.3"));
    EXPECT_THAT(html, HasSubstr("until 2020-04-05"));
    EXPECT_THAT(html, Not(HasSubstr("{{")));
    const auto row_of = [&](const std::string& name) { return html.find("\"row\">" + name); };
    EXPECT_LT(row_of("random"), row_of("popularity"));
    EXPECT_LT(row_of("popularity"), row_of("shift_one"));
}

TEST(ReportHtml, EveryChartHasDataADescriptionAndATable) {
    const EvaluationReport report = sample_report();
    const std::string html = report_to_html(report).value();
    const json charts = json::parse(chart_data(report));
    EXPECT_EQ(charts.size(), 6U);
    EXPECT_EQ(count_of(html, "<canvas "), charts.size());
    for (const auto& [id, chart] : charts.items()) {
        EXPECT_THAT(html,
                    HasSubstr(fmt::format("<canvas id=\"{}\" role=\"img\" aria-label=\"", id)));
    }
    EXPECT_GE(count_of(html, "<table"), charts.size());
    const json& ndcg = charts["chart-ndcg"];
    EXPECT_EQ(ndcg["labels"].size(), ndcg["intervals"].size());
    EXPECT_EQ(ndcg["baselines"], 2);
}

TEST(ReportHtml, IdsAreUnique) {
    EvaluationReport report = sample_report();
    report.classifications.push_back(sample_classification("other"));
    report.regressions.push_back(sample_regression());
    std::string html = report_to_html(report).value();
    html.erase(html.find(embedded::chart_js()), embedded::chart_js().size());
    std::set<std::string> ids;
    const std::regex id(" id=\"([^\"]*)\"");
    for (std::sregex_iterator i(html.begin(), html.end(), id), end; i != end; ++i) {
        EXPECT_TRUE(ids.insert((*i)[1]).second) << (*i)[1];
    }
    EXPECT_GT(ids.size(), 10U);
}

TEST(ReportHtml, TakesNoTextForMarkup) {
    const std::string attack = "</script><script>alert('x' & \"y\")</script>{{title}}";
    EvaluationReport report = sample_report();
    report.title = attack;
    report.version = attack;
    report.data = {{attack, attack}};
    report.ranking = sample_ranking(attack);
    report.blend_weights = {{attack, 1}};
    report.selections = {{attack, attack, {{{{attack, attack}}, 0.1}}, 0}};
    report.classifications = {sample_classification(attack)};
    report.regressions[0].target = attack;
    report.notes = {attack};
    const std::string html = report_to_html(report).value();
    EXPECT_EQ(html.find("<script>alert"), std::string::npos);
    // Its own three only.
    EXPECT_EQ(count_of(html, "</script>"), 3U);
    EXPECT_THAT(html, HasSubstr("&lt;/script&gt;"));
}

TEST(ReportHtml, OfNothingIsAPageStill) {
    const std::string html = report_to_html({}).value();
    EXPECT_THAT(html, HasSubstr("<h1>Evaluation</h1>"));
    EXPECT_EQ(count_of(html, "<section"), 0U);
}

TEST(ReportHtml, OfBaselinesAloneHasNoHeadlineAndNoGains) {
    EvaluationReport report;
    ThreadPool pool(1);
    TimeSplitOptions options;
    options.cut = sample_day(60);
    options.positive_events = PositiveEvents::kAnyWeight;
    options.test_products = TestProducts::kAll;
    const TimeSplit split = split_by_time(planted_data(20, 10, 8, 3), options).value();
    report.ranking = evaluate_recommenders(split, {}, {}, pool).value();
    const std::string html = report_to_html(report).value();
    EXPECT_THAT(html, Not(HasSubstr("foresees best")));
    EXPECT_THAT(html, Not(HasSubstr("gains-title")));
    EXPECT_THAT(html, HasSubstr("every event with a weight, also of products had before"));
}

TEST(ReportHtml, SaysWhetherAGainIsClear) {
    EvaluationReport report = sample_report();
    auto& gain = report.ranking->models[2].gains[0];
    gain = {0.1, Interval{0.05, 0.2}};
    EXPECT_THAT(report_to_html(report).value(), HasSubstr(">better</td>"));
    gain = {-0.1, Interval{-0.2, -0.05}};
    EXPECT_THAT(report_to_html(report).value(), HasSubstr(">worse</td>"));
    gain = {0.1, Interval{-0.05, 0.2}};
    EXPECT_THAT(report_to_html(report).value(), HasSubstr(">no clear difference</td>"));
}

TEST(ReportHtml, SaysWhetherTheBlendBeatsTheBestSingleModel) {
    EvaluationReport report = sample_report();
    EXPECT_THAT(report_to_html(report).value(), Not(HasSubstr("the best of the others")));
    report.ranking->comparison = ModelComparison{"blend", "als", {0.01, Interval{0.005, 0.02}}};
    EXPECT_THAT(report_to_html(report).value(),
                HasSubstr("blend against als, the best of the others: NDCG@10 +0.0100 (95 % "
                          "interval +0.0050 to +0.0200): better"));
}

TEST(ReportHtml, WithoutFoldsHasNoFoldChart) {
    EvaluationReport report;
    report.classifications = {sample_classification("boosting")};
    report.classifications[0].fold_auc.clear();
    const std::string html = report_to_html(report).value();
    EXPECT_EQ(count_of(html, "<canvas "), 2U);
    EXPECT_FALSE(json::parse(chart_data(report)).contains("chart-folds-0"));
}

TEST(ReportText, WritesFiguresForPeople) {
    EXPECT_EQ(format_count(0), "0");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1000), "1,000");
    EXPECT_EQ(format_count(1234567), "1,234,567");
    EXPECT_EQ(format_interval({0.5, Interval{0.25, 0.75}}, 2), "0.25 to 0.75");
    EXPECT_EQ(format_interval({0.5, std::nullopt}, 2), "");
    EXPECT_EQ(format_moment(sample_day(1)), "2020-01-02");
    EXPECT_EQ(format_moment(sample_day(1.5)), "2020-01-02T12:00:00.000Z");
    EXPECT_EQ(format_parameters({}), "none");
    EXPECT_EQ(format_parameters({{{"a", "1"}, {"b", "x"}}, 0}), "a 1, b x");
}

TEST(Embedded, FilesAreWhole) {
    EXPECT_THAT(std::string(embedded::chart_js()), HasSubstr("Chart.js v3"));
    EXPECT_EQ(embedded::chart_js().find("</script"), std::string_view::npos);
    EXPECT_THAT(std::string(embedded::report_template()), HasSubstr("</html>"));
    EXPECT_THAT(std::string(embedded::report_js()), HasSubstr("beforeprint"));
    EXPECT_THAT(std::string(embedded::report_css()), HasSubstr("prefers-color-scheme"));
}

}  // namespace
}  // namespace attune
