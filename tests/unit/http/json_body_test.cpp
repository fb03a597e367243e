#include "http/json_body.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace attune {
namespace {

HttpRequest request_with(std::string_view body, std::string_view type = "application/json") {
    HttpRequest request;
    request.headers = {{"Content-Type", type}};
    request.body = body;
    return request;
}

TEST(JsonBody, ReadsAnObject) {
    const auto body = read_json_object(
        request_with(R"({"a": [1, {"b": null}]})", "application/json; charset=utf-8"));
    ASSERT_TRUE(body);
    EXPECT_EQ((*body)["a"][0], 1);
}

TEST(JsonBody, SaysWhatItIsNot) {
    EXPECT_EQ(read_json(request_with("{}", "text/plain")).error().status, 415);
    EXPECT_EQ(read_json(request_with("")).error().status, 400);
    EXPECT_EQ(read_json(request_with("{\"a\":")).error().status, 400);
    EXPECT_EQ(read_json(request_with("{} {}")).error().status, 400);
    EXPECT_EQ(read_json(request_with("\"\xff\"")).error().status, 400);
    EXPECT_EQ(read_json(request_with("[1, NaN]")).error().status, 400);
    EXPECT_EQ(read_json_object(request_with("[]")).error().status, 422);
}

TEST(JsonBody, RefusesDeepNestingAndRepeatedKeys) {
    const std::string deep(100'000, '[');
    const auto nested = read_json(request_with(deep));
    ASSERT_FALSE(nested);
    EXPECT_EQ(nested.error().status, 400);
    EXPECT_NE(nested.error().detail.find("nests deeper"), std::string::npos);
    const auto repeated = read_json(request_with(R"({"a": 1, "b": {"a": 1}, "a": 2})"));
    ASSERT_FALSE(repeated);
    EXPECT_NE(repeated.error().detail.find("'a' twice"), std::string::npos);
}

}  // namespace
}  // namespace attune
