#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contract/recommender/planted_data.hpp"
#include "core/thread_pool.hpp"
#include "explain/templates.hpp"
#include "models/registry.hpp"
#include "ranking/blend.hpp"
#include "ranking/pipeline.hpp"

namespace attune {
namespace {

/// The real recommenders, blended, over planted data: what a request runs through.
class CitedEvidence : public testing::Test {
 protected:
    void SetUp() override {
        ThreadPool pool(1);
        NullProgress progress;
        std::vector<std::shared_ptr<const Recommender>> models;
        for (const char* name : {"popularity", "content", "cohort", "item_knn", "als"}) {
            models.push_back(fit_model(name, data_.train, {}, pool, progress).value());
        }
        std::vector<CustomerView> sample;
        for (std::size_t c = 0; c < 50; ++c) sample.push_back(data_.train.view(CustomerIndex(c)));
        const auto scales = learn_scales(models, sample, data_.train.num_products());
        std::vector<BlendComponent> components;
        for (std::size_t m = 0; m < models.size(); ++m) {
            components.push_back({models[m], 1.0 / static_cast<double>(models.size()), scales[m]});
        }
        blend_ = Blend::create(std::move(components)).value();
    }

    [[nodiscard]] RankedList recommend(const CustomerView& view) const {
        return rank({*blend_, *data_.train.catalogue, rules_, *similarity_}, {view, view, {}}, {})
            .value();
    }

    [[nodiscard]] ItemReasons words(const RankedItem& item, const CustomerView& view) const {
        return explain_in_words(templates_, item.explanation, item.conditions,
                                {*data_.train.catalogue, view, item.product}, {});
    }

    [[nodiscard]] double score_of(const CustomerView& view, ProductIndex product) const {
        std::vector<double> scores(data_.train.num_products());
        blend_->score(view, scores);
        return scores[product.at()];
    }

    /// Ranks, checks what every item promises, and counts the reasons by code.
    std::map<ReasonCode, int> check(const CustomerView& view) const {
        std::map<ReasonCode, int> counts;
        const RankedList list = recommend(view);
        EXPECT_EQ(list.items.size(), 10U);
        for (const RankedItem& item : list.items) {
            EXPECT_NEAR(total_contribution(item.explanation.evidence), item.score, 1e-6);
            const ItemReasons reasons = words(item, view);
            EXPECT_FALSE(reasons.text.empty());
            for (const Reason& reason : reasons.reasons) {
                ++counts[reason.code];
                check_cited(reason, item, view);
            }
        }
        return counts;
    }

    void check_cited(const Reason& reason, const RankedItem& item, const CustomerView& view) const {
        const bool personal =
            reason.code != ReasonCode::kPopular && reason.code != ReasonCode::kGeneral &&
            reason.code != ReasonCode::kNoProfile && reason.code != ReasonCode::kNotPersonalized;
        if (!personal) return;
        const CustomerState without =
            without_evidence(view, reason.evidence, *data_.train.catalogue);
        EXPECT_LT(score_of(without.view(), item.product), item.score)
            << reason.text << " (" << reason_code_name(reason.code) << ")";
    }

    PlantedData data_ = make_planted_data();
    std::unique_ptr<Blend> blend_;
    ConstraintRules rules_;
    Tokenizer tokenizer_ = Tokenizer::create({}).value();
    std::unique_ptr<const ProductSimilarity> similarity_ =
        make_catalogue_similarity(*data_.train.catalogue, {}, tokenizer_).value();
    ReasonTemplates templates_ = built_in_reason_templates().value();
};

TEST_F(CitedEvidence, WhenTakenAwayLowersTheScore) {
    std::map<ReasonCode, int> all;
    for (std::size_t c = 0; c < 40; ++c) {
        for (const auto& [code, count] : check(data_.train.view(CustomerIndex(c)))) {
            all[code] += count;
        }
    }
    EXPECT_GT(all[ReasonCode::kBoughtTogether], 50);
    EXPECT_EQ(all[ReasonCode::kNoProfile], 0);
}

TEST_F(CitedEvidence, OfAProfileWithoutEvents) {
    const CustomerView view{&data_.train.customers[0], {}, data_.train.as_of};
    const auto counts = check(view);
    EXPECT_GT(counts.contains(ReasonCode::kSimilarCustomers) +
                  counts.contains(ReasonCode::kMatchedInterest),
              0);
    EXPECT_FALSE(counts.contains(ReasonCode::kBoughtTogether));
}

TEST_F(CitedEvidence, OfNobodySaysSo) {
    const auto counts = check(CustomerView::anonymous(data_.train.as_of));
    EXPECT_EQ(counts, (std::map<ReasonCode, int>{{ReasonCode::kPopular, 10},
                                                 {ReasonCode::kNoProfile, 10}}));
}

}  // namespace
}  // namespace attune
