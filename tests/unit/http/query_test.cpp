#include "http/query.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Query, DecodesPercentAndPlus) {
    const auto query = QueryParameters::parse("name=J%C3%BCrgen%20M&text=a+b&empty=&flag");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->get("name"), "Jürgen M");
    EXPECT_EQ(query->get("text"), "a b");
    EXPECT_EQ(query->get("empty"), "");
    EXPECT_EQ(query->get("flag"), "");
    EXPECT_EQ(query->get("missing"), std::nullopt);
}

TEST(Query, RefusesWhatIsNoPercentEncodedText) {
    for (const char* bad : {"a=%", "a=%4", "a=%zz", "a=%ff%fe", "a=%00", "a=%0a"}) {
        const auto query = QueryParameters::parse(bad);
        ASSERT_FALSE(query) << bad;
        EXPECT_EQ(query.error().code, ErrorCode::kInvalidArgument) << bad;
    }
}

TEST(Query, RefusesMoreParametersThanItReads) {
    std::string text;
    for (int i = 0; i < 201; ++i) text += "a=1&";
    EXPECT_FALSE(QueryParameters::parse(text));
}

TEST(Query, CollectsAllValuesAndLists) {
    const auto query = QueryParameters::parse("category=a,b&x=1&category=c");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->all("category"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Query, ReadsWholeNumbersWithinTheirBounds) {
    const auto query = QueryParameters::parse("n=7&bad=7x&far=1000&minus=-3");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->integer("n", 1, 1, 10).value(), 7);
    EXPECT_EQ(query->integer("missing", 5, 1, 10).value(), 5);
    EXPECT_FALSE(query->integer("bad", 1, 1, 10));
    EXPECT_FALSE(query->integer("far", 1, 1, 10));
    EXPECT_FALSE(query->integer("minus", 1, 1, 10));
    EXPECT_EQ(query->integer("minus", 1, -5, 10).value(), -3);
}

TEST(Query, NamesAMisspeltParameter) {
    const auto query = QueryParameters::parse("usr_id=1");
    ASSERT_TRUE(query);
    const Status status = query->only({"user_id", "n"});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "usr_id: no such parameter here; known are user_id, n");
}

TEST(Target, TakesAPathApart) {
    const auto target = parse_target("/api/users/a%2Fb%20c/events?limit=5");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->segments, (std::vector<std::string>{"api", "users", "a/b c", "events"}));
    EXPECT_EQ(target->path, "/api/users/a%2Fb%20c/events");
    EXPECT_EQ(target->query.get("limit"), "5");
}

TEST(Target, RefusesTraversalAndWhatIsNoPath) {
    for (const char* bad : {"", "api", "*", "http://x/y", "/../etc/passwd", "/a/%2e%2e/b", "/a/./b",
                            "/a/%00", "/a%0d%0ab"}) {
        EXPECT_FALSE(parse_target(bad)) << bad;
    }
}

}  // namespace
}  // namespace attune
