#include "serving/answer_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

Recommendations nasty_result() {
    Recommendations result;
    RecommendedItem item;
    item.ranked.product = ProductIndex(std::size_t{0});
    item.ranked.score = 0.1 + 0.2;
    item.ranked.num_tied = 2;
    item.ranked.conditions = {{EligibilityRule::kMinimumAge, "18", ""}};
    item.ranked.explanation.evidence = {
        {EvidenceKind::kTerm, "a \"quoted\" word", "v\n", Timestamp{0}, -1e-300, "content"},
        {EvidenceKind::kBaseline, "", "", std::nullopt, 0.5, "popularity"}};
    item.reasons.text = "Because </script> \\ \xFF";
    Reason reason;
    reason.code = ReasonCode::kPopular;
    reason.contribution = 0.5;
    reason.text = "tab\there";
    item.reasons.reasons.push_back(reason);
    result.items.push_back(item);
    return result;
}

Catalogue nasty_catalogue() {
    Product product;
    product.id = "p\"1";
    product.name = "Käse & <b>Brot</b>";
    return Catalogue({product});
}

TEST(AnswerJson, IsValidWhateverTheTextsHold) {
    const Recommendations result = nasty_result();
    const json items = json::parse(items_json(result, nasty_catalogue(), Explain::kYes));
    const json& item = items.at(0);
    EXPECT_EQ(item.at("product_id"), "p\"1");
    EXPECT_EQ(item.at("name"), "Käse & <b>Brot</b>");
    EXPECT_EQ(item.at("score").get<double>(), 0.1 + 0.2);  // to the last bit
    EXPECT_EQ(item.at("text"), "Because </script> \\ \xEF\xBF\xBD");
    EXPECT_EQ(item.at("num_tied_in_category"), 2);
    EXPECT_EQ(item.at("conditions")[0],
              (json{{"rule", "minimum_age"}, {"required", "18"}, {"known", ""}}));
    EXPECT_EQ(item.at("contributions")[0], (json{{"kind", "term"},
                                                 {"contribution", -1e-300},
                                                 {"model", "content"},
                                                 {"subject", "a \"quoted\" word"},
                                                 {"value", "v\n"},
                                                 {"time", "1970-01-01T00:00:00.000Z"}}));
    EXPECT_FALSE(item.at("contributions")[1].contains("subject"));
    EXPECT_EQ(item.at("reasons")[0],
              (json{{"code", "popular"}, {"contribution", 0.5}, {"text", "tab\there"}}));
    const json plain = json::parse(items_json(result, nasty_catalogue(), Explain::kNo));
    EXPECT_FALSE(plain[0].contains("reasons"));
    EXPECT_EQ(json::parse(items_json({}, nasty_catalogue(), Explain::kYes)), json::array());
}

TEST(AnswerJson, StagesNameOnlyTheRefusalsThatHappened) {
    StageCounts counts;
    counts.num_scored = 5;
    counts.num_refused[static_cast<std::size_t>(Refusal::kHeld)] = 2;
    counts.num_allowed = 3;
    const json document = json::parse(stages_json(counts, nullptr));
    EXPECT_EQ(document, (json{{"scored", 5},
                              {"refused", {{"held", 2}}},
                              {"allowed", 3},
                              {"pooled", 0},
                              {"selected", 0}}));
    const StageClock clock;
    EXPECT_TRUE(json::parse(stages_json(counts, &clock)).at("us").contains("score"));
}

TEST(AnswerJson, AnAnswerIsOneObject) {
    auto body = std::make_shared<AnswerBody>();
    body->customer_id = "c\"1";
    body->items_json = "[]";
    body->stages_json = "{}";
    body->shortfall_json = R"({"asked":1})";
    fmt::memory_buffer text;
    append_answer({body, "d1", Timestamp{0}, 42, true, false}, text);
    const json document = json::parse(fmt::to_string(text));
    EXPECT_EQ(document.at("user_id"), "c\"1");
    EXPECT_EQ(document.at("decision_id"), "d1");
    EXPECT_EQ(document.at("latency_us"), 42);
    EXPECT_EQ(document.at("cached"), true);
    EXPECT_EQ(document.at("shortfall").at("asked"), 1);
    EXPECT_TRUE(document.at("recommendations").empty());
}

}  // namespace
}  // namespace attune
