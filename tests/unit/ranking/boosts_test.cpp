#include "ranking/boosts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "ranking/pipeline.hpp"
#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::FixedModel;
using test::kNow;

class Boosts : public testing::Test {
 protected:
    RankedList run(std::vector<Boost> boosts) {
        RankRequest request{CustomerView::anonymous(kNow), CustomerView::anonymous(kNow), {}};
        request.filter.boosts = std::move(boosts);
        auto list = rank({model_, catalogue_, rules_, *similarity_}, request, RankOptions{6, 6, 1});
        EXPECT_TRUE(list) << list.error().message;
        return std::move(*list);
    }

    Error refusal(std::vector<Boost> boosts) {
        RankRequest request{CustomerView::anonymous(kNow), CustomerView::anonymous(kNow), {}};
        request.filter.boosts = std::move(boosts);
        return rank({model_, catalogue_, rules_, *similarity_}, request, RankOptions{6, 6, 1})
            .error();
    }

    std::vector<std::string> ids(const RankedList& list) const {
        std::vector<std::string> ids;
        for (const RankedItem& item : list.items)
            ids.push_back(catalogue_.product(item.product).id);
        return ids;
    }

    // p00 C0, p01 C1, p02 C0, p03 C1, p04 C0, p05 C1.
    Catalogue catalogue_ = test::numbered_catalogue(6, 2, 2);
    FixedModel model_{"fixed", {6, 5, 4, 3, 0, -2}};
    ConstraintRules rules_;
    Tokenizer tokenizer_ = Tokenizer::create({}).value();
    std::unique_ptr<const ProductSimilarity> similarity_ =
        make_catalogue_similarity(catalogue_, {}, tokenizer_).value();
};

TEST_F(Boosts, MoveProductsAndCategoriesAndAddUpInTheEvidence) {
    EXPECT_EQ(ids(run({})), (std::vector<std::string>{"p00", "p01", "p02", "p03", "p04", "p05"}));
    const RankedList list = run({{"p03", 2}, {"C1", 1.5}, {"p00", 0.5}});
    // p03: 3 * 2 * 1.5 = 9; p01: 7.5; p02: 4; p00: 3; p04: 0; p05: -2 + 0.5 * 2.
    EXPECT_EQ(ids(list), (std::vector<std::string>{"p03", "p01", "p02", "p00", "p04", "p05"}));
    EXPECT_DOUBLE_EQ(list.items[0].score, 9);
    EXPECT_DOUBLE_EQ(list.items[5].score, -1);
    for (const RankedItem& item : list.items) {
        EXPECT_NEAR(total_contribution(item.explanation.evidence), item.score, 1e-12);
    }
    const auto& evidence = list.items[0].explanation.evidence;
    ASSERT_EQ(evidence.size(), 3U);
    EXPECT_EQ(evidence[1].kind, EvidenceKind::kBaseline);
    EXPECT_EQ(evidence[1].subject, "p03");
    EXPECT_EQ(evidence[1].value, "2");
    EXPECT_DOUBLE_EQ(evidence[1].contribution, 3);
    EXPECT_DOUBLE_EQ(evidence[2].contribution, 3);
}

TEST_F(Boosts, AFactorAboveOneNeverLowersAScore) {
    const std::vector<Boost> boosts{{"C1", 3}};
    const Booster booster(boosts, catalogue_);
    for (const double score : {-5.0, -1e-9, 0.0, 0.5, 7.0}) {
        EXPECT_GE(booster.boosted(ProductIndex(1), score), score);
        EXPECT_EQ(booster.boosted(ProductIndex(0), score), score);
    }
}

TEST_F(Boosts, WhatCannotBeIsRefused) {
    for (const double factor : {0.0, -1.0, 100.5, std::nan(""), HUGE_VAL}) {
        EXPECT_FALSE(validate(Boost{"C1", factor}, catalogue_)) << factor;
    }
    EXPECT_TRUE(validate(Boost{"C1", 100}, catalogue_));
    EXPECT_TRUE(validate(Boost{"p05", 0.01}, catalogue_));
    EXPECT_FALSE(validate(Boost{"yachts", 2}, catalogue_));
    EXPECT_EQ(refusal({{"yachts", 2}}).code, ErrorCode::kInvalidArgument);
}

TEST_F(Boosts, OneThatIsRepeatedIsRefusedForItsScoresWouldHaveNoEnd) {
    const std::vector<Boost> repeated(160, Boost{"C1", 100});
    EXPECT_EQ(refusal(repeated).code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(refusal({{"C1", 100}, {"p01", 2}, {"C1", 100}}).message,
              "boost: 'C1' is named twice; give it one factor");
    std::vector<Boost> many;
    for (std::size_t i = 0; i < kMostBoosts; ++i) many.push_back({std::to_string(i), 2});
    EXPECT_TRUE(validate(many));
    many.push_back({"one more", 2});
    EXPECT_EQ(validate(many).error().message, "boost: 101 were given; at most 100 are taken");
}

}  // namespace
}  // namespace attune
