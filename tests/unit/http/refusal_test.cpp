#include "http/refusal.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Refusal, KnowsTheStatusFromWhatTheParserSays) {
    const auto status_of = [](std::string_view message) {
        PendingRefusal::note(message);
        return PendingRefusal::take();
    };
    EXPECT_EQ(status_of("[connection:1] parser error HPE_CB_url: the on_url callback failed"), 414);
    EXPECT_EQ(status_of("[connection:1] parser error HPE_CB_header_value: x"), 431);
    EXPECT_EQ(status_of("[connection:1] parser error HPE_HEADER_OVERFLOW: x"), 431);
    EXPECT_EQ(status_of("[connection:1] parser error HPE_CB_headers_complete: x"), 413);
    EXPECT_EQ(status_of("[connection:1] parser error HPE_INVALID_METHOD: x"), 400);
    EXPECT_EQ(status_of("[connection:1] parser error HPE_INVALID_EOF_STATE: x"), std::nullopt);
    EXPECT_EQ(status_of("[connection:1] read socket error: reset"), std::nullopt);
    EXPECT_EQ(PendingRefusal::take(), std::nullopt);
}

TEST(Refusal, TellsWhatIsRefusedFromPeersThatWentAway) {
    EXPECT_TRUE(PendingRefusal::note("[connection:1] parser error HPE_INVALID_METHOD: x"));
    EXPECT_EQ(PendingRefusal::take(), 400);
    EXPECT_FALSE(PendingRefusal::note("[connection:1] read socket error: reset"));
    EXPECT_TRUE(PendingRefusal::note("[connection:1] prepare connection error: no TLS"));
    PendingRefusal::set(503);
    EXPECT_TRUE(PendingRefusal::note("[connection:1] read socket error: no buffer space"));
    EXPECT_EQ(PendingRefusal::take(), 503);
}

TEST(Refusal, IsAWholeAnswer) {
    const std::string answer = refusal_answer(431);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n")) << answer;
    const auto end = answer.find("\r\n\r\n");
    ASSERT_NE(end, std::string::npos);
    const std::string length = std::to_string(answer.size() - end - 4);
    EXPECT_NE(answer.find("Content-Length: " + length + "\r\n"), std::string::npos);
}

}  // namespace
}  // namespace attune
