#include "models/cohort.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.hpp"
#include "fixtures.hpp"

namespace attune {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using testing::index_of;
using testing::interaction;
using testing::saved;
using testing::scores_of;
using ::testing::SizeIs;
using testing::small_catalogue;

const Timestamp kNow = from_calendar_day(2024, 8, 1);
constexpr std::size_t kNumProducts = 6;

Customer person(std::string occupation, int age) {
    Customer made;
    made.occupation = std::move(occupation);
    made.age = age;
    return made;
}

std::string number(std::size_t i) {
    std::string text = std::to_string(i);
    return std::string(5 - text.size(), '0') + text;
}

enum class Known { kEvents, kHeldCategories };

/// Students who take cards, workers who take loans, retired people who take deposits; one in ten
/// does not.
TrainingData planted(Known known) {
    TrainingData data;
    data.catalogue = small_catalogue();
    data.as_of = kNow;
    data.offsets = {0};
    Random random(17);
    const std::vector<std::string> jobs{"student", "worker", "retired"};
    const std::vector<std::string> favourites{"card", "home", "term"};
    for (std::size_t c = 0; c < 600; ++c) {
        const std::size_t group = c % 3;
        Customer customer =
            person(jobs[group], static_cast<int>(22 + 22 * group + random.below(8)));
        customer.id = "c" + number(c);
        const ProductIndex favourite = index_of(*data.catalogue, favourites[group]);
        if (random.uniform() < 0.9) {
            if (known == Known::kEvents) {
                data.interactions.push_back(interaction(favourite, add_days(kNow, -3)));
                data.interactions.push_back(interaction(favourite, add_days(kNow, -2)));
            } else {
                customer.held_categories = {data.catalogue->product(favourite).category,
                                            "UNHEARD_OF"};
            }
        }
        data.interactions.push_back(interaction(ProductIndex(1), add_days(kNow, -1), 0));
        data.offsets.push_back(data.interactions.size());
        data.customers.push_back(std::move(customer));
    }
    return data;
}

CohortOptions small_options() {
    CohortOptions options;
    options.min_cohorts = 2;
    options.max_cohorts = 6;
    return options;
}

struct Fitted {
    ThreadPool pool{2};
    TrainingData data;
    std::unique_ptr<Recommender> model;

    explicit Fitted(Known known, CohortOptions options = small_options()) : data(planted(known)) {
        model = std::move(fit_cohort(data, options, pool).value());
    }
    std::vector<double> scores(const Customer* profile) const {
        return scores_of(*model, {profile, {}, kNow}, kNumProducts);
    }
    double score(const Customer* profile, std::string_view id) const {
        return scores(profile)[index_of(*data.catalogue, id).at()];
    }
    Explanation explain(const Customer* profile, std::string_view id) const {
        return model->explain({profile, {}, kNow}, index_of(*data.catalogue, id));
    }
};

TEST(Cohort, AnswersForCustomersWithoutHistory) {
    const Fitted fitted(Known::kEvents);
    EXPECT_EQ(fitted.model->name(), "cohort");
    const Customer retired = person("retired", 70);
    EXPECT_NEAR(fitted.score(&retired, "term"), 0.85, 0.06);
    EXPECT_LT(fitted.score(&retired, "card"), 0.06);
    const Customer student = person("student", 23);
    EXPECT_NEAR(fitted.score(&student, "card"), 0.85, 0.06);
    EXPECT_EQ(fitted.score(&student, "gold"), 0);  // dismissals are no interest
}

TEST(Cohort, TakesHeldCategoriesWhereThereAreNoEvents) {
    const Fitted fitted(Known::kHeldCategories);
    const Customer worker = person("worker", 45);
    EXPECT_NEAR(fitted.score(&worker, "home"), 0.85, 0.06);
    // Both cards are of the category that students hold.
    const Customer student = person("student", 23);
    EXPECT_EQ(fitted.score(&student, "card"), fitted.score(&student, "gold"));
    EXPECT_GT(fitted.score(&student, "gold"), 0.7);
    EXPECT_EQ(fitted.explain(&student, "gold").evidence[0].subject, "CRED_AND_CHRG_CARDS");
}

TEST(Cohort, NamesWhatTheCustomerSharesWithIt) {
    CohortOptions options = small_options();
    options.min_cohorts = options.max_cohorts = 3;
    const Fitted fitted(Known::kEvents, options);
    const auto traits = [&](const Customer& customer) {
        const Explanation why = fitted.explain(&customer, "term");
        return why.evidence.back().traits;
    };
    EXPECT_THAT(traits(person("retired", 70)),
                ::testing::UnorderedElementsAre(SharedTrait{"occupation", "retired"},
                                                SharedTrait{"age", "high"}));
    EXPECT_THAT(traits(person("student", 23)),
                ::testing::UnorderedElementsAre(SharedTrait{"occupation", "student"},
                                                SharedTrait{"age", "low"}));
    // Of the cohort of the retired by age, but not retired: only what is true is named.
    EXPECT_THAT(traits(person("", 70)), ::testing::ElementsAre(SharedTrait{"age", "high"}));
    EXPECT_TRUE(fitted.explain(nullptr, "term").evidence.back().traits.empty());
}

TEST(Cohort, GivesWhatAllDoToThoseItKnowsNothingOf) {
    const Fitted fitted(Known::kEvents);
    const Customer blank;
    EXPECT_EQ(fitted.scores(nullptr), fitted.scores(&blank));
    EXPECT_NEAR(fitted.score(nullptr, "term"), 0.3, 0.03);
    const Explanation why = fitted.explain(nullptr, "term");
    ASSERT_THAT(why.evidence, SizeIs(1));
    EXPECT_EQ(why.evidence[0].kind, EvidenceKind::kPopularity);
    EXPECT_EQ(why.evidence[0].subject, "term");
    EXPECT_EQ(why.evidence[0].contribution, why.score);
    EXPECT_THAT(fitted.explain(nullptr, "gold").evidence, SizeIs(0));
}

TEST(Cohort, SaysWhoTheOthersAreAndHowMuchMoreTheyDo) {
    const Fitted fitted(Known::kEvents);
    const Customer retired = person("retired", 70);
    const Explanation why = fitted.explain(&retired, "term");
    ASSERT_THAT(why.evidence, SizeIs(2));
    EXPECT_EQ(why.evidence[1].kind, EvidenceKind::kCohort);
    EXPECT_THAT(why.evidence[1].subject, HasSubstr("occupation retired"));
    EXPECT_THAT(why.evidence[1].subject, HasSubstr("age 70"));
    EXPECT_NEAR(std::stod(why.evidence[1].value), why.score / why.evidence[0].contribution, 0.01);
    EXPECT_EQ(why.evidence[1].model, "cohort");
}

TEST(Cohort, EvidenceAddsUpAndWithoutItTheScoreFalls) {
    const Fitted fitted(Known::kEvents);
    for (std::size_t c = 0; c < 60; ++c) {
        const CustomerView view = fitted.data.view(CustomerIndex(c));
        const auto scores = scores_of(*fitted.model, view, kNumProducts);
        for (std::size_t p = 0; p < kNumProducts; ++p) {
            const Explanation why = fitted.model->explain(view, ProductIndex(p));
            EXPECT_EQ(why.score, scores[p]);
            EXPECT_NEAR(total_contribution(why.evidence), scores[p], 1e-12);
            for (const Evidence& cited : why.evidence) {
                if (cited.kind != EvidenceKind::kCohort) continue;
                const CustomerState without =
                    without_evidence(view, {cited}, *fitted.data.catalogue);
                const auto left = scores_of(*fitted.model, without.view(), kNumProducts);
                EXPECT_NEAR(left[p], scores[p] - cited.contribution, 1e-12);
            }
        }
    }
}

TEST(Cohort, ShrinksSmallCohortsToTheRateOfAll) {
    CohortOptions options = small_options();
    options.prior_customers = 1e9;
    const Fitted fitted(Known::kEvents, options);
    const Customer retired = person("retired", 70);
    EXPECT_NEAR(fitted.score(&retired, "term"), fitted.score(nullptr, "term"), 1e-5);
}

TEST(Cohort, DoesNotDependOnThreads) {
    const TrainingData data = planted(Known::kEvents);
    ThreadPool one(1);
    ThreadPool three(3);
    const auto a = std::move(fit_cohort(data, small_options(), one).value());
    const auto b = std::move(fit_cohort(data, small_options(), three).value());
    EXPECT_EQ(saved(*a), saved(*b));
}

TEST(Cohort, SamplesWhenThereAreMany) {
    CohortOptions options = small_options();
    options.choice_sample = 150;
    options.silhouette_sample = 60;
    const Fitted fitted(Known::kEvents, options);
    const Customer retired = person("retired", 70);
    EXPECT_GT(fitted.score(&retired, "term"), 0.6);
}

TEST(Cohort, WithoutProfilesKnowsTheRatesOfAll) {
    TrainingData data = planted(Known::kEvents);
    for (Customer& customer : data.customers) customer = Customer{};
    ThreadPool pool(1);
    const auto model = std::move(fit_cohort(data, {}, pool).value());
    const Customer retired = person("retired", 70);
    EXPECT_EQ(scores_of(*model, {&retired, {}, kNow}, kNumProducts),
              scores_of(*model, {nullptr, {}, kNow}, kNumProducts));
    const std::string bytes = saved(*model);
    BinaryReader reader(bytes);
    EXPECT_TRUE(load_cohort(reader, data.catalogue).has_value());
}

TEST(Cohort, OfNobodyScoresNothing) {
    TrainingData data;
    data.catalogue = small_catalogue();
    data.offsets = {0};
    ThreadPool pool(1);
    const auto model = std::move(fit_cohort(data, {}, pool).value());
    EXPECT_THAT(scores_of(*model, {nullptr, {}, kNow}, kNumProducts), ::testing::Each(0.0));
}

TEST(Cohort, OfAlikeCustomersIsOne) {
    TrainingData data = planted(Known::kEvents);
    for (Customer& customer : data.customers) customer.occupation = "worker";
    for (Customer& customer : data.customers) customer.age = 40;
    ThreadPool pool(1);
    const auto model = std::move(fit_cohort(data, {}, pool).value());
    const Customer worker = person("worker", 40);
    const Explanation why = model->explain({&worker, {}, kNow}, index_of(*data.catalogue, "card"));
    EXPECT_NEAR(why.score, why.evidence[0].contribution, 1e-12);
}

TEST(Cohort, SurvivesSaving) {
    const Fitted fitted(Known::kEvents);
    const std::string bytes = saved(*fitted.model);
    BinaryReader reader(bytes);
    const auto loaded = std::move(load_cohort(reader, fitted.data.catalogue).value());
    EXPECT_TRUE(reader.at_end());
    const Customer retired = person("retired", 70);
    const CustomerView view{&retired, {}, kNow};
    EXPECT_EQ(scores_of(*loaded, view, kNumProducts), fitted.scores(&retired));
}

TEST(Cohort, FollowsAProductToItsNewCategory) {
    const Fitted fitted(Known::kHeldCategories);
    const std::string bytes = saved(*fitted.model);
    auto products = fitted.data.catalogue->products();
    products[index_of(*fitted.data.catalogue, "gold").at()].category = "TERM_DEPOSITS";
    products[index_of(*fitted.data.catalogue, "save").at()].category = "BRAND_NEW";
    const auto edited = std::make_shared<const Catalogue>(products);
    BinaryReader reader(bytes);
    const auto loaded = std::move(load_cohort(reader, edited).value());
    const Customer retired = person("retired", 70);
    const CustomerView view{&retired, {}, kNow};
    const auto scores = scores_of(*loaded, view, kNumProducts);
    EXPECT_EQ(scores[index_of(*edited, "gold").at()], scores[index_of(*edited, "term").at()]);
    EXPECT_EQ(scores[index_of(*edited, "save").at()], 0);
    EXPECT_THAT(loaded->explain(view, index_of(*edited, "save")).evidence, SizeIs(0));

    products.pop_back();
    BinaryReader again(bytes);
    const auto fewer = std::make_shared<const Catalogue>(products);
    const auto with_fewer = std::move(load_cohort(again, fewer).value());
    const auto left = scores_of(*with_fewer, view, fewer->num_products());
    EXPECT_EQ(left[index_of(*fewer, "gold").at()], scores[index_of(*edited, "gold").at()]);
}

TEST(Cohort, RefusesDamage) {
    const Fitted fitted(Known::kEvents);
    const std::string bytes = saved(*fitted.model);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        BinaryReader reader(std::string_view(bytes).substr(0, size));
        const auto loaded = load_cohort(reader, fitted.data.catalogue);
        ASSERT_FALSE(loaded.has_value()) << size;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
    const Customer retired = person("retired", 70);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        BinaryReader reader(flipped);
        const auto loaded = load_cohort(reader, fitted.data.catalogue);
        if (!loaded) {
            EXPECT_THAT(loaded.error().code, AnyOf(ErrorCode::kCorrupt, ErrorCode::kNewerFormat));
            continue;
        }
        for (const double score : scores_of(**loaded, {&retired, {}, kNow}, kNumProducts)) {
            EXPECT_TRUE(std::isfinite(score)) << bit;
        }
    }
}

TEST(Cohort, RefusesOptionsOutOfRange) {
    const TrainingData data = planted(Known::kEvents);
    ThreadPool pool(1);
    for (const CohortOptions& options :
         {CohortOptions{.min_cohorts = 0}, CohortOptions{.min_cohorts = 9, .max_cohorts = 8},
          CohortOptions{.max_cohorts = 257}, CohortOptions{.prior_customers = -1},
          CohortOptions{.choice_sample = 1}, CohortOptions{.max_categories = 0}}) {
        const auto fitted = fit_cohort(data, options, pool);
        ASSERT_FALSE(fitted.has_value());
        EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace attune
