#include "http/message.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http/problem.hpp"

namespace attune {
namespace {

TEST(HttpRequest, FindsHeadersWhateverTheirCase) {
    HttpRequest request;
    request.headers = {{"Content-Type", "a"}, {"X-One", "b"}};
    EXPECT_EQ(request.header("content-type"), "a");
    EXPECT_EQ(request.header("x-two"), std::nullopt);
}

TEST(HttpRequest, FindsCookiesByTheirWholeName) {
    HttpRequest request;
    request.headers = {{"Cookie", "xattune=1; attune=2; attune_csrf=a=b"}, {"cookie", "late=3"}};
    EXPECT_EQ(request.cookie("attune"), "2");
    EXPECT_EQ(request.cookie("attune_csrf"), "a=b");
    EXPECT_EQ(request.cookie("late"), "3");
    EXPECT_EQ(request.cookie("csrf"), std::nullopt);
}

TEST(Problem, NamesTheFieldThatTheMessageBeginsWith) {
    const Problem problem = Problem::of({ErrorCode::kInvalidArgument, "age: must be 0 to 130"});
    EXPECT_EQ(problem.status, 400);
    EXPECT_EQ(problem.field, "age");
    const Problem other = Problem::of({ErrorCode::kInvalidArgument, "customer 'x': no such one"});
    EXPECT_EQ(other.field, "");
}

TEST(Problem, KeepsInternalDetailsToItself) {
    const Problem problem = Problem::of({ErrorCode::kInternal, "/var/lib/x at 0x1234"});
    EXPECT_EQ(problem.detail.find("0x1234"), std::string::npos);
}

TEST(Problem, AnswersAsProblemJson) {
    const HttpResponse response = problem_response({404, "not_found", "no \xff", {}}, "id-1");
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = nlohmann::json::parse(response.body);
    EXPECT_EQ(body["status"], 404);
    EXPECT_EQ(body["title"], "Not Found");
    EXPECT_EQ(body["instance"], "id-1");
    EXPECT_EQ(body["detail"], "no \xEF\xBF\xBD");
}

}  // namespace
}  // namespace attune
