#include <gmock/gmock.h>

#include "unit/http/dispatcher_fixture.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPost = HttpMethod::kPost;

class Idempotency : public DispatcherFixture {
 protected:
    void SetUp() override {
        DispatcherFixture::SetUp();
        key_ = bearer(api_key({Scope::kEventsWrite}));
    }
    void serve_counting() {
        serve({{.method = kPost,
                .pattern = "/api/events",
                .scope = Scope::kEventsWrite,
                .max_body_bytes = 100,
                .handler = counting()}});
    }
    HttpResponse send(std::string_view key, std::string_view body = "a") {
        return ask(kPost, "/api/events", {key_, {"Idempotency-Key", key}}, body);
    }
    HttpHeader key_;
};

TEST_F(Idempotency, TheSameKeyIsDoneOnceAndAnsweredAgain) {
    serve_counting();
    EXPECT_EQ(send("k").body, "1");
    const HttpResponse again = send("k");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, "1");
    EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
    EXPECT_EQ(send("l").body, "2");
    EXPECT_EQ(send("k", "b").status, 422);
    const HttpHeader other = bearer(api_key({Scope::kEventsWrite}));
    EXPECT_EQ(ask(kPost, "/api/events", {other, {"Idempotency-Key", "k"}}, "a").body, "3");
    EXPECT_EQ(send("").status, 400);
    EXPECT_EQ(send(std::string(201, 'k')).status, 400);
    EXPECT_EQ(num_handled_, 3);
}

TEST_F(Idempotency, AnOldAnswerCountsNoMoreAndTheNewOneIsKept) {
    options_of_dispatcher_.idempotency = std::chrono::hours(1);
    serve_counting();
    EXPECT_EQ(send("k").body, "1");
    pass_s(3'600);
    EXPECT_EQ(send("k").body, "1");
    pass_s(1);
    EXPECT_EQ(send("k", "another").body, "2");
    EXPECT_EQ(send("k", "another").body, "2");
    EXPECT_EQ(num_handled_, 2);
}

TEST_F(Idempotency, ZeroKeepsAnswersForEver) {
    options_of_dispatcher_.idempotency = std::chrono::hours(0);
    serve_counting();
    EXPECT_EQ(send("k").body, "1");
    pass_s(3'600 * 24 * 4'000);
    EXPECT_EQ(send("k").body, "1");
}

TEST_F(Idempotency, WhatWasRefusedMayBeSentAgain) {
    serve(
        {{.method = kPost,
          .pattern = "/api/events",
          .scope = Scope::kEventsWrite,
          .max_body_bytes = 100,
          .handler = [this](const Call&) -> OrProblem<HttpResponse> {
              if (++num_handled_ == 1) {
                  return tl::unexpected(Problem::of({ErrorCode::kUnavailable, "the disk is full"}));
              }
              HttpResponse response;
              response.body = "done";
              return response;
          }}});
    EXPECT_EQ(send("k").status, 503);
    EXPECT_EQ(send("k").body, "done");
    EXPECT_EQ(send("k").body, "done");
    EXPECT_EQ(num_handled_, 2);
}

TEST_F(Idempotency, WorkThatIsDoneIsAnsweredEvenIfItsAnswerCannotBeKept) {
    serve_counting();
    store_->set(FailingDatabase::Fails::kAtCommit);
    const HttpResponse response = send("k");
    // A 503 would make the caller do it twice.
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "1");
    EXPECT_THAT(faults_, ElementsAre(HasSubstr("the disk is full")));
}

}  // namespace
}  // namespace attune
