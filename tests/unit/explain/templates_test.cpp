#include "explain/templates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "explain/built_in_templates.hpp"
#include "support/source_path.hpp"
#include "support/temporary_folder.hpp"
#include "unit/explain/scene.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

using test::Scene;
using testing::HasSubstr;

const ReasonTemplates& english() {
    static const ReasonTemplates templates = built_in_reason_templates().value();
    return templates;
}

std::string text_of(const Scene& scene, const std::vector<Condition>& conditions = {}) {
    return explain_in_words(english(), scene.explanation, conditions, scene.context(),
                            scene.options)
        .text;
}

TEST(ReasonTexts, OfPurchases) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 9);
    scene.did(2, EventType::kPurchase, 8);
    scene.did(3, EventType::kPurchase, 7);
    scene.cite(EvidenceKind::kEvent, "mug", "", 3);
    EXPECT_EQ(text_of(scene), "Because you bought RED RETROSPOT MUG (21 Oct 2011).");
    scene.cite(EvidenceKind::kEvent, "plate", "", 2);
    EXPECT_EQ(text_of(scene),
              "Because you bought RED RETROSPOT MUG (21 Oct 2011) and 1 other product that goes "
              "with it.");
    scene.cite(EvidenceKind::kEvent, "saver", "", 1);
    EXPECT_EQ(text_of(scene),
              "Because you bought RED RETROSPOT MUG (21 Oct 2011) and 2 other products that go "
              "with it.");
    scene.recommended = ProductIndex(1);
    scene.explanation.evidence.resize(1);
    EXPECT_EQ(text_of(scene), "You bought it before, last on 21 Oct 2011.");
}

TEST(ReasonTexts, OfInterestShown) {
    const std::vector<std::pair<EventType, std::string>> cases{
        {EventType::kView, "looked at"},
        {EventType::kLike, "liked"},
        {EventType::kShare, "shared"},
        {EventType::kComment, "commented on"}};
    for (const auto& [type, verb] : cases) {
        Scene scene;
        scene.did(1, type, 9);
        scene.cite(EvidenceKind::kEvent, "mug", "", 3);
        EXPECT_EQ(text_of(scene), "Because you " + verb + " RED RETROSPOT MUG (21 Oct 2011).");
        scene.recommended = ProductIndex(1);
        EXPECT_EQ(text_of(scene), "Because you " + verb + " it on 21 Oct 2011.");
    }
}

TEST(ReasonTexts, OfWords) {
    Scene scene;
    scene.customer.interests = {"offset account"};
    scene.customer.financial_needs = {"LONG_TERM_SAVING"};
    scene.customer.preferences = {"low fees"};
    scene.cite(EvidenceKind::kTerm, "offset", "", 3);
    EXPECT_EQ(text_of(scene), "Matches your interest in 'offset account'.");
    scene.cite(EvidenceKind::kTerm, "saving", "", 2);
    scene.cite(EvidenceKind::kTerm, "fees", "", 1);
    EXPECT_EQ(
        text_of(scene),
        "Matches your interest in 'offset account', your need 'long term saving', your preference "
        "'low fees'.");
}

TEST(ReasonTexts, OfCohortsAttributesAndHoldings) {
    Scene scene;
    scene.recommended = ProductIndex(3);
    scene.customer.age = 62;
    scene.cite(EvidenceKind::kCohort, "retired, around 62", "1.87", 2);
    EXPECT_EQ(text_of(scene),
              "Customers with a profile near yours take it 1.9 times as often as customers "
              "overall.");
    scene.explanation.evidence[0].traits = {{"occupation", "retired"}, {"income", "high"}};
    scene.cite(EvidenceKind::kPopularity, "TERM_DEPOSITS", "0.12", 0.01);
    scene.cite(EvidenceKind::kAttribute, "occupation", "retired", 0.3);
    scene.cite(EvidenceKind::kAttribute, "held:PERS_LOANS", "no", 0.2);
    scene.cite(EvidenceKind::kAttribute, "held:TRAVEL_CARDS", "yes", 0.1);
    EXPECT_EQ(
        text_of(scene),
        "Customers with a profile near yours (you share: occupation retired, income above average) "
        "take term deposits 1.9 times as often as customers overall. Fits your profile: "
        "occupation retired, no personal loans held, you hold travel cards.");
}

TEST(ReasonTexts, NeverSayWhatIsProtectedOrNotFitToShow) {
    Scene scene;
    scene.customer.age = 62;
    scene.cite(EvidenceKind::kCohort, "gender female, age 62", "1.87", 2);
    scene.explanation.evidence[0].traits = {
        {"gender", "female"}, {"age", "high"}, {"previous_campaign_outcome", "failure"}};
    scene.cite(EvidenceKind::kAttribute, "age", "62", 3);
    scene.cite(EvidenceKind::kAttribute, "last_contact_day", "5", 1);
    EXPECT_EQ(text_of(scene),
              "Fits what your profile says on the whole. Customers with a profile near yours take "
              "it 1.9 times as often as customers overall.");
    scene.cite(EvidenceKind::kAttribute, "income", "9.00 AUD", 0.5);
    EXPECT_THAT(text_of(scene), HasSubstr("Fits what your profile says on the whole."));
    scene.explanation.evidence.back().contribution = 1.5;
    scene.explanation.score += 1;
    EXPECT_EQ(text_of(scene),
              "Customers with a profile near yours take it 1.9 times as often as customers "
              "overall. Fits your profile: income 9.00 AUD.");
    EXPECT_NEAR(total_contribution(scene.explanation.evidence), scene.explanation.score, 1e-9);
}

TEST(SaidFields, AreAllowedAndNotProtected) {
    SaidFields said{{"occupation", "held"}, {"gender"}};
    EXPECT_TRUE(validate(said));
    EXPECT_TRUE(said.contains("occupation"));
    EXPECT_TRUE(said.contains("held:PERS_LOANS"));
    EXPECT_FALSE(said.contains("gender"));
    EXPECT_FALSE(said.contains("last_contact_day"));
    EXPECT_TRUE(validate(SaidFields{}));
    said.allowed.push_back("gender");
    EXPECT_FALSE(said.contains("gender"));
    const Status refused = validate(said);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("'gender'"));
}

TEST(ReasonTexts, OfPopularityAndNothing) {
    Scene scene;
    scene.known = false;
    const std::string general =
        "A general suggestion: we do not know you well enough yet for a personal one.";
    EXPECT_EQ(text_of(scene),
              "Nothing we know speaks for or against it; it is open to you. " + general);
    scene.recommended = ProductIndex(3);
    scene.cite(EvidenceKind::kPopularity, "TERM_DEPOSITS", "0.117", 1);
    EXPECT_EQ(text_of(scene), "Popular: 12 % of customers hold term deposits. " + general);
    scene.explanation = {};
    scene.cite(EvidenceKind::kPopularity, "saver", "0.034", 1);
    EXPECT_EQ(text_of(scene), "Popular with 3.4 % of customers. " + general);
    scene.explanation = {};
    scene.cite(EvidenceKind::kPopularity, "saver", "", 1);
    scene.personalization = Personalization::kRefused;
    EXPECT_EQ(text_of(scene),
              "Popular. Not personalized: beyond checking what you may have and already hold, your "
              "data was not used.");
}

TEST(ConditionTexts, OfEveryRule) {
    const std::vector<std::pair<Condition, std::string>> cases{
        {{EligibilityRule::kCustomerKind, "organisation", ""},
         "it is for customers of the kind 'organisation' (yours is not known)"},
        {{EligibilityRule::kMinimumAge, "18", ""}, "minimum age 18 (your age is not known)"},
        {{EligibilityRule::kMaximumAge, "25", ""}, "maximum age 25 (your age is not known)"},
        {{EligibilityRule::kResidency, "AU or NZ", ""},
         "residency in AU or NZ (yours is not known)"},
        {{EligibilityRule::kMinimumIncome, "35,000.00 AUD", ""},
         "minimum income 35,000.00 AUD (your income is not known)"},
        {{EligibilityRule::kMinimumIncome, "35,000.00 AUD", "9.00 EUR"},
         "minimum income 35,000.00 AUD (yours is 9.00 EUR)"},
        {{EligibilityRule::kMinimumRevenue, "1.00 AUD", "0-5"},
         "minimum revenue 1.00 AUD (yours is 0-5)"},
        {{EligibilityRule::kOccupation, "nurse", ""}, "occupation nurse (yours is not known)"},
        {{EligibilityRule::kNote, "New customers only.", ""}, "New customers only"}};
    for (const auto& [condition, text] : cases) {
        EXPECT_EQ(english().condition_text(condition), text);
    }
}

TEST(ItemTexts, ListConditionsAndCountTheRest) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 9);
    scene.cite(EvidenceKind::kEvent, "mug", "", 3);
    std::vector<Condition> conditions{{EligibilityRule::kMinimumIncome, "35,000.00 AUD", ""}};
    EXPECT_EQ(text_of(scene, conditions),
              "Because you bought RED RETROSPOT MUG (21 Oct 2011). To be checked: minimum income "
              "35,000.00 AUD (your income is not known).");
    for (int i = 1; i <= 5; ++i) {
        conditions.push_back({EligibilityRule::kNote, "Note " + std::to_string(i), ""});
    }
    EXPECT_THAT(text_of(scene, conditions), HasSubstr("Note 2; Note 3; and 2 more."));
}

TEST(ReasonTexts, TakeHostileValuesAsPlainText) {
    Scene scene;
    std::vector<Product> products = scene.catalogue.products();
    products[1].name = "{{product}} <b>\"x\" & 'y'</b>\x1b[2J\n" + std::string(5000, 'z');
    scene.catalogue = Catalogue(products);
    scene.did(1, EventType::kPurchase, 9);
    scene.cite(EvidenceKind::kEvent, "mug", "", 3);
    const std::string text = text_of(scene);
    EXPECT_THAT(text, HasSubstr("{{product}} <b>\"x\" & 'y'</b>[2J zzz"));
    EXPECT_LT(text.size(), 250U);
}

TEST(ReasonTemplates, RefuseFilesByName) {
    const auto refusal = [](auto change) {
        ReasonTemplates::Files files = built_in_template_files();
        change(files);
        const auto templates = ReasonTemplates::create(files);
        return templates ? std::string("accepted") : templates.error().message;
    };
    EXPECT_EQ(refusal([](auto& files) { files["notes.md"] = "{{"; }), "accepted");
    EXPECT_EQ(refusal([](auto& files) { files.erase("names.txt"); }), "accepted");
    EXPECT_THAT(refusal([](auto& files) { files.erase("item.mustache"); }),
                HasSubstr("item.mustache is missing"));
    EXPECT_THAT(refusal([](auto& files) { files["popluar.mustache"] = "x"; }),
                HasSubstr("there is no reason 'popluar'; there are: bought_together"));
    EXPECT_THAT(refusal([](auto& files) { files["popular.mustache"] = "a\n{{lift}}"; }),
                HasSubstr("popular.mustache: line 2: there is no value 'lift'"));
    EXPECT_THAT(refusal([](auto& files) { files["names.txt"] = "x"; }),
                HasSubstr("names.txt: line 1"));
}

class TemplateFolder : public testing::Test {
 protected:
    void SetUp() override {
        fs::create_directories(folder_ / "en");
        for (const auto& [file, text] : built_in_template_files()) write("en/" + file, text);
    }

    void write(const std::string& file, const std::string& text) const {
        std::ofstream(folder_ / file, std::ios::binary) << text;
    }

    [[nodiscard]] Error refusal(std::string_view language = "en") const {
        const auto templates = load_reason_templates(folder_, language);
        EXPECT_FALSE(templates);
        return templates ? Error{} : templates.error();
    }

    TemporaryFolder temporary_;
    fs::path folder_ = temporary_.path();
};

TEST_F(TemplateFolder, IsReadAsItStands) {
    write("en/general.mustache", "Take {{product}}!");
    write("en/.general.mustache", "an editor's leftover {{");
    const auto templates = load_reason_templates(folder_, "en");
    ASSERT_TRUE(templates);
    EXPECT_EQ(templates->reason_text({}, test::product("p", "It", "C")), "Take It!");
}

TEST_F(TemplateFolder, IsRefusedWithItsPath) {
    EXPECT_THAT(refusal("../en").message, HasSubstr("'../en' is not a language"));
    EXPECT_THAT(refusal("english").message, HasSubstr("such as en"));
    EXPECT_EQ(refusal("de-AT").code, ErrorCode::kNotFound);
    EXPECT_THAT(refusal("de").message, HasSubstr("languages there: en"));
    write("en/popular.mustache", "{{#share}}");
    EXPECT_THAT(refusal().message, HasSubstr("en: popular.mustache: line 1: the section 'share'"));
    write("en/popular.mustache", std::string(70'000, 'x'));
    EXPECT_EQ(refusal().code, ErrorCode::kLimitExceeded);
    fs::remove(folder_ / "en/popular.mustache");
    EXPECT_THAT(refusal().message, HasSubstr("popular.mustache is missing"));
    fs::create_directory(folder_ / "en/popular.mustache");
    EXPECT_EQ(refusal().code, ErrorCode::kNotAFile);
}

TEST(ReasonTemplates, OfTheRepositoryAreTheBuiltInOnes) {
    const auto shipped = load_reason_templates(source_path("config/templates/reasons"), "en");
    EXPECT_TRUE(shipped);
}

TEST(ReasonTemplates, RenderFromManyThreads) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 9);
    scene.cite(EvidenceKind::kEvent, "mug", "", 3);
    const std::string expected = text_of(scene);
    std::vector<std::string> texts(4);
    std::vector<std::thread> threads;
    for (std::string& text : texts) {
        threads.emplace_back([&text, &scene] {
            for (int i = 0; i < 50; ++i) text = text_of(scene);
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(texts, testing::Each(expected));
}

}  // namespace
}  // namespace attune
