#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "unit/models_propensity/bank_data.hpp"

namespace attune {
namespace {

constexpr ProductIndex kDeposit{std::size_t{1}};
constexpr ProductIndex kLoan{std::size_t{3}};

double score_without(const Recommender& model, const Customer& customer,
                     const std::vector<Evidence>& evidence, ProductIndex product) {
    const auto without = without_evidence({&customer, {}, {}}, evidence, *bank_catalogue());
    return scores_of(model, &*without.profile)[product.at()];
}

bool is_bare(const Customer& customer, const std::vector<Evidence>& evidence) {
    const auto without = without_evidence({&customer, {}, {}}, evidence, *bank_catalogue());
    Customer bare;
    bare.id = customer.id;
    return *without.profile == bare;
}

RC_GTEST_PROP(PropensityEvidence, AddsUpAndIsReal, (std::uint32_t seed)) {
    Random random(seed);
    const Customer customer = bank_customer(0, random);
    for (const ProductIndex product : {kDeposit, kLoan}) {
        const Explanation explanation = shared_model().explain({&customer, {}, {}}, product);
        const double score = scores_of(shared_model(), &customer)[product.at()];
        RC_ASSERT(explanation.score == score);
        RC_ASSERT(std::abs(total_contribution(explanation.evidence) - score) < 1e-12);
        if (explanation.evidence.empty()) {
            RC_ASSERT(score == 0.0);
            continue;
        }
        RC_ASSERT(explanation.evidence.back().kind == EvidenceKind::kBaseline);
        std::vector<Evidence> cited = explanation.evidence;
        cited.pop_back();
        RC_ASSERT(cited.size() <= PropensityOptions{}.max_evidence);
        for (const Evidence& one : cited) {
            RC_ASSERT(one.kind == EvidenceKind::kAttribute);
            RC_ASSERT(one.contribution > 0);
            RC_ASSERT(!one.value.empty());
            RC_ASSERT(one.model == "propensity");
            RC_ASSERT(score_without(shared_model(), customer, {one}, product) < score);
        }
        if (cited.empty()) continue;
        const double left = score_without(shared_model(), customer, cited, product);
        RC_ASSERT(left < score);
        // Hiding columns is what scoring a profile without the fields is.
        const double baseline = explanation.evidence.back().contribution;
        RC_ASSERT(left == (is_bare(customer, cited) ? 0.0 : baseline));
    }
}

TEST(PropensityEvidence, NamesTheFieldsThatWerePlanted) {
    Customer customer;
    customer.id = "p";
    customer.age = 70;
    customer.marital_status = "single";
    customer.attributes["balance"] = 2500.0;
    const Explanation explanation = shared_model().explain({&customer, {}, {}}, kDeposit);
    // Another field may follow: what a model learns from noise is part of its score.
    const auto& evidence = explanation.evidence;
    ASSERT_GE(evidence.size(), 3U);
    std::vector<std::string> strongest;
    for (std::size_t i = 0; i < 2; ++i) {
        strongest.push_back(evidence[i].subject + " " + evidence[i].value);
    }
    EXPECT_GE(evidence[0].contribution, evidence[1].contribution);
    EXPECT_THAT(strongest, testing::UnorderedElementsAre("age 70", "balance 2500"));
}

TEST(PropensityEvidence, CitesWhatElseIsHeld) {
    // Here a loan makes a deposit likely.
    Random random(12);
    TrainingData data = bank_data(1500, 11);
    for (Customer& customer : data.customers) {
        const bool loan = random.below(2) == 0;
        customer.held_categories.clear();
        if (loan) customer.held_categories.push_back(kLoans);
        if (random.uniform() < (loan ? 0.8 : 0.1)) customer.held_categories.push_back(kDeposits);
    }
    const auto model = fit_bank(data);
    ASSERT_NE(model, nullptr);
    Customer holder;
    holder.id = "h";
    holder.age = 40;
    holder.held_categories = {kLoans};
    const Explanation explanation = model->explain({&holder, {}, {}}, kDeposit);
    ASSERT_FALSE(explanation.evidence.empty());
    EXPECT_EQ(explanation.evidence.front().subject, "held:" + kLoans);
    EXPECT_EQ(explanation.evidence.front().value, "yes");
    EXPECT_LT(score_without(*model, holder, {explanation.evidence.front()}, kDeposit),
              explanation.score);
}

TEST(PropensityEvidence, KindIsUsedButNeverCited) {
    Random random(13);
    TrainingData data = bank_data(1500, 14);
    for (Customer& customer : data.customers) {
        customer.held_categories.clear();
        const bool organisation = random.below(2) == 0;
        if (organisation) {
            customer.kind = CustomerKind::kOrganisation;
            customer.age.reset();
            customer.occupation.clear();
            customer.marital_status.clear();
            customer.industry = random.below(2) == 0 ? "retail" : "farming";
        }
        if (random.uniform() < (organisation ? 0.8 : 0.1)) {
            customer.held_categories.push_back(kDeposits);
        }
    }
    const auto model = fit_bank(data);
    ASSERT_NE(model, nullptr);
    for (std::size_t c = 0; c < 200; ++c) {
        const Customer& customer = data.customers[c];
        const Explanation explanation = model->explain({&customer, {}, {}}, kDeposit);
        EXPECT_NEAR(total_contribution(explanation.evidence), explanation.score, 1e-12);
        std::vector<Evidence> cited;
        for (const Evidence& one : explanation.evidence) {
            EXPECT_NE(one.subject, "kind");
            if (one.kind == EvidenceKind::kAttribute) cited.push_back(one);
        }
        if (cited.empty()) continue;
        EXPECT_LT(score_without(*model, customer, cited, kDeposit), explanation.score);
    }
}

TEST(PropensityEvidence, KeepsToItsOptions) {
    const TrainingData data = bank_data(1500, 15);
    PropensityOptions options = quick_options();
    options.max_evidence = 1;
    options.excluded_fields = {"balance"};
    const auto one = fit_bank(data, options);
    options.max_evidence = 5;
    options.min_fall_share = 1;
    const auto none = fit_bank(data, options);
    ASSERT_TRUE(one && none);
    std::size_t num_cited = 0;
    for (std::size_t c = 0; c < 200; ++c) {
        const CustomerView view{&data.customers[c], {}, {}};
        const auto evidence = one->explain(view, kDeposit).evidence;
        EXPECT_LE(evidence.size(), 2U);
        for (const Evidence& cited : evidence) EXPECT_NE(cited.subject, "balance");
        if (evidence.size() == 2) ++num_cited;
        EXPECT_LE(none->explain(view, kDeposit).evidence.size(), 1U);
    }
    EXPECT_GT(num_cited, 100U);
}

}  // namespace
}  // namespace attune
