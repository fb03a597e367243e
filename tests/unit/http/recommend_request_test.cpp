#include "http/routes/recommend_request.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

OrProblem<RecommendRequest> asked(const std::string& query) {
    return recommend_request(QueryParameters::parse(query).value(), "c");
}

TEST(RecommendRequest, ABoostIsGivenOnceAndNotTooMany) {
    const auto fine = asked("boost=A:2,B:0.5&boost=C:100");
    ASSERT_TRUE(fine);
    EXPECT_EQ(fine->filter.boosts, (std::vector<Boost>{{"A", 2}, {"B", 0.5}, {"C", 100}}));
    std::string repeated = "boost=A:100";
    for (int i = 0; i < 159; ++i) repeated += ",A:100";
    std::string many = "boost=s0:2";
    json boosts = json::object();
    for (int i = 0; i < 101; ++i) {
        many += fmt::format(",t{}:2", i);
        boosts[fmt::format("t{}", i)] = 2;
    }
    for (const std::string& query : {repeated, std::string("boost=A:2&boost=A:2"), many}) {
        const auto refused = asked(query);
        ASSERT_FALSE(refused) << query;
        EXPECT_EQ(refused.error().status, 422);
        EXPECT_EQ(refused.error().code, "invalid_argument");
        EXPECT_EQ(refused.error().field, "boost");
    }
    const auto refused = recommend_request(json{{"user_id", "c"}, {"boosts", boosts}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().status, 422);
    EXPECT_EQ(refused.error().field, "boosts");
}

}  // namespace
}  // namespace attune
