#include "serving/live_recommender.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "serving/answer_json.hpp"
#include "serving/pipeline_report.hpp"
#include "serving/recommend_list.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using nlohmann::json;

RecommendRequest explained() {
    RecommendRequest request;
    request.explain = Explain::kYes;
    return request;
}

json document_of(const Answer& answer) {
    fmt::memory_buffer text;
    append_answer(answer, text);
    return json::parse(fmt::to_string(text));
}

std::vector<std::string> ids(const Answer& answer) {
    std::vector<std::string> ids;
    for (const ListedItem& item : answer.body->items) ids.push_back(item.product_id);
    return ids;
}

TEST(LiveRecommender, AnswersAsTheRecommenderOnTheStoreDoes) {
    LiveBank bank;
    const auto model = bank->models().current();
    for (const char* id : {"c000", "c001", "c017", "nobody"}) {
        const KnownCustomer customer =
            load_known_customer(bank.database(), id, model->snapshot(), bank.clock().now()).value();
        const Recommendations expected =
            model->service->recommend(customer, model->options, bank.clock().now()).value();
        const Answer answer = bank.ask(id);
        ASSERT_EQ(answer.body->items.size(), expected.items.size());
        for (std::size_t i = 0; i < expected.items.size(); ++i) {
            EXPECT_EQ(answer.body->items[i].score, expected.items[i].ranked.score);
            EXPECT_EQ(answer.body->items[i].product_id,
                      model->catalogue().product(expected.items[i].ranked.product).id);
        }
        EXPECT_EQ(answer.body->known, std::string(id) != "nobody");
    }
}

TEST(LiveRecommender, TheAnswerIsTheDocumentThatIsPromised) {
    LiveBank bank;
    const json document = document_of(bank.ask("c001", explained()));
    EXPECT_EQ(document.at("user_id"), "c001");
    EXPECT_EQ(document.at("decision_id").get<std::string>().size(), 32U);
    EXPECT_EQ(document.at("model_version"), bank->models().current()->snapshot().version);
    EXPECT_EQ(document.at("model_up_to_date"), true);
    EXPECT_EQ(document.at("personalized"), true);
    EXPECT_EQ(document.at("known"), true);
    EXPECT_EQ(document.at("stages").at("scored"), 16);
    EXPECT_EQ(document.at("stages").at("models").size(), 3U);
    const json& items = document.at("recommendations");
    ASSERT_FALSE(items.empty());
    std::size_t position = 0;
    for (const json& item : items) {
        EXPECT_EQ(item.at("position"), ++position);
        for (const char* key : {"product_id", "name", "category", "brand", "text"}) {
            EXPECT_TRUE(item.at(key).is_string()) << key;
        }
        double total = 0;
        for (const json& part : item.at("contributions")) {
            total += part.at("contribution").get<double>();
        }
        EXPECT_NEAR(total, item.at("score").get<double>(), 1e-6);
        EXPECT_FALSE(item.at("reasons").empty());
        EXPECT_TRUE(item.at("conditions").is_array());
    }
    const json plain = document_of(bank.ask("c001"));
    EXPECT_FALSE(plain.at("recommendations")[0].contains("contributions"));
    fmt::memory_buffer in_list;
    append_answer_in_list(bank.ask("c001"), in_list);
    EXPECT_EQ(json::parse(fmt::to_string(in_list)).at("items"), plain.at("recommendations"));
}

TEST(LiveRecommender, WithoutAModelItSaysSo) {
    LiveBank bank(LiveBank::Model::kNone);
    const auto refused = bank->recommender().recommend({"c001", 0, "personalization", {}, {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(refused.error().message.find("no model is trained"), std::string::npos);
    ASSERT_TRUE(bank->models().activate(bank.train()));
    EXPECT_FALSE(bank.ask("c001").body->items.empty());
}

TEST(LiveRecommender, ConsentIsObeyedForEachPurpose) {
    LiveBank bank;
    const auto decide = [&](const char* purpose, bool granted) {
        bank.clock().set({bank.clock().now().ms + 1});
        ASSERT_TRUE(
            bank->customers().add_consent({"c001", purpose, granted, bank.clock().now(), "web"}));
    };
    RecommendRequest marketing;
    marketing.customer_id = "c001";
    marketing.purpose = "marketing";
    EXPECT_TRUE(bank->recommender().recommend(marketing));
    decide("marketing", false);
    EXPECT_EQ(bank->recommender().recommend(marketing).error().code, ErrorCode::kForbidden);
    EXPECT_TRUE(bank.ask("c001").body->personalized);
    decide("marketing", true);
    EXPECT_TRUE(bank->recommender().recommend(marketing));

    decide("personalization", false);
    const json document = document_of(bank.ask("c001", explained()));
    EXPECT_EQ(document.at("personalized"), false);
    for (const json& item : document.at("recommendations")) {
        for (const json& part : item.at("contributions")) {
            EXPECT_TRUE(part.at("kind") == "popularity" || part.at("kind") == "baseline");
        }
    }
    marketing.purpose = "";
    EXPECT_EQ(bank->recommender().recommend(marketing).error().code, ErrorCode::kInvalidArgument);
}

TEST(LiveRecommender, AnswersAreKeptUntilSomethingTheyDependOnChanges) {
    LiveBank bank;
    EXPECT_FALSE(bank.ask("c001").cached);
    const Answer kept = bank.ask("c001");
    EXPECT_TRUE(kept.cached);
    EXPECT_FALSE(bank.ask("c001", explained()).cached);
    EXPECT_FALSE(bank.ask("c003").cached);
    EXPECT_TRUE(bank.ask("c003").cached);

    ASSERT_TRUE(bank->customers().patch("c001", json{{"age", 30}}, {}));
    EXPECT_FALSE(bank.ask("c001").cached);
    EXPECT_TRUE(bank.ask("c003").cached);
    ASSERT_TRUE(bank->settings().change(json{{"ranking.mmr_lambda", 0.5}}, "test"));
    EXPECT_FALSE(bank.ask("c003").cached);
    ASSERT_TRUE(bank->products().patch("p00", json{{"available", false}}, {}));
    EXPECT_FALSE(bank.ask("c003").cached);
    EXPECT_NE(bank.ask("c001").decision_id, kept.decision_id);
    // Each answer is a decision, also those that were kept.
    EXPECT_TRUE(bank->decisions().flush());
    EXPECT_EQ(bank->decisions().num_written(), 10U);
}

TEST(LiveRecommender, AProductComesAndGoesAtItsHour) {
    LiveBank bank(LiveBank::Model::kTrained,
                  {"ranking.items=16", "ranking.exclude_held=false", "ranking.category_cap=0"});
    const auto has = [&](const std::string& product) {
        const std::vector<std::string> list = ids(bank.ask("c001"));
        return std::find(list.begin(), list.end(), product) != list.end();
    };
    const Timestamp end{kLiveNowMs + 3'600'000};
    ASSERT_TRUE(has("p03"));
    ASSERT_TRUE(
        bank->products().patch("p03", json{{"available_until", format_timestamp(end)}}, {}));
    EXPECT_TRUE(has("p03"));
    bank.clock().set({end.ms - 1});
    EXPECT_TRUE(has("p03"));
    bank.clock().set(end);
    EXPECT_FALSE(has("p03"));
}

TEST(LiveRecommender, FiltersAndBoostsAreThoseOfTheRequest) {
    LiveBank bank;
    RecommendRequest request = explained();
    request.filter.categories = {"TERM_DEPOSITS"};
    const json filtered = document_of(bank.ask("c000", request));
    for (const json& item : filtered.at("recommendations")) {
        EXPECT_EQ(item.at("category"), "TERM_DEPOSITS");
    }
    request.filter = {};
    const std::vector<std::string> plain = ids(bank.ask("c000", request));
    const std::string last = plain.back();
    request.filter.boosts = {{last, 100}};
    const json boosted = document_of(bank.ask("c000", request));
    const json& first = boosted.at("recommendations")[0];
    EXPECT_EQ(first.at("product_id"), last);
    double total = 0;
    bool told = false;
    for (const json& part : first.at("contributions")) {
        total += part.at("contribution").get<double>();
        told = told || (part.at("model") == "request" && part.at("subject") == last);
    }
    EXPECT_TRUE(told);
    EXPECT_NEAR(total, first.at("score").get<double>(), 1e-6);
    request.filter.boosts = {{"no such thing", 2}};
    request.customer_id = "c000";
    EXPECT_EQ(bank->recommender().recommend(request).error().code, ErrorCode::kInvalidArgument);
    request.filter = {};
    request.num_items = 5'000;
    EXPECT_EQ(bank->recommender().recommend(request).error().code, ErrorCode::kInvalidArgument);
}

TEST(LiveRecommender, GoesThroughAllCustomersPageByPage) {
    LiveBank bank;
    ASSERT_TRUE(
        bank->customers().add_consent({"c002", "marketing", false, Timestamp{kLiveNowMs}, "web"}));
    RecommendRequest like;
    like.purpose = "marketing";
    std::vector<std::string> seen;
    std::size_t num_refused = 0;
    std::string after;
    for (int pages = 0; pages < 10; ++pages) {
        const RecommendPage page =
            recommend_page(bank.database(), bank->recommender(), {after, 25}, like).value();
        for (const Answer& answer : page.answers) seen.push_back(answer.body->customer_id);
        num_refused += page.num_refused;
        if (!page.next_after) break;
        after = *page.next_after;
    }
    EXPECT_EQ(seen.size(), 59U);
    EXPECT_EQ(num_refused, 1U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));

    NullProgress progress;
    const auto file = bank.folder() / "all.jsonl";
    const RecommendAllOutcome outcome =
        recommend_all(bank.database(), bank->recommender(), like, file, progress).value();
    EXPECT_EQ(outcome.num_customers, 59U);
    EXPECT_EQ(outcome.num_refused, 1U);
    std::ifstream lines(file);
    std::string line;
    std::size_t num_lines = 0;
    for (; std::getline(lines, line); ++num_lines) {
        const json entry = json::parse(line);
        const Answer answer = bank.ask(entry.at("user_id"), like);
        EXPECT_EQ(entry.at("items"), json::parse(answer.body->items_json));
    }
    EXPECT_EQ(num_lines, 59U);
}

TEST(LiveRecommender, TellsOfEachStage) {
    LiveBank bank;
    RecommendRequest request;
    request.customer_id = "c001";
    const json report = pipeline_report(bank->recommender(), request).value();
    std::vector<std::string> names;
    double total = 0;
    for (const json& stage : report.at("stages")) {
        names.push_back(stage.at("name"));
        EXPECT_GE(stage.at("ms").get<double>(), 0);
        total += stage.at("ms").get<double>();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"state", "score", "constrain", "choose", "explain",
                                               "reasons", "answer"}));
    EXPECT_NEAR(total, report.at("total_ms").get<double>(), 1e-9);
    EXPECT_EQ(report.at("models").size(), 3U);
    std::size_t num_refused = 0;
    for (const json& refused : report.at("refused")) {
        num_refused += refused.at("products").get<std::size_t>();
    }
    const json& constrain = report.at("stages")[2];
    EXPECT_GE(num_refused,
              constrain.at("in").get<std::size_t>() - constrain.at("out").get<std::size_t>());
}

}  // namespace
}  // namespace attune
