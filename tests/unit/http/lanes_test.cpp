// Which workers a request may hold while the store's one writer is busy.

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <vector>

#include "unit/http/dispatcher_fixture.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;

constexpr auto kGet = HttpMethod::kGet;
constexpr auto kPost = HttpMethod::kPost;

TEST(WorkerShares, LeaveAWorkerToReadingWhateverElseWaits) {
    EXPECT_THAT(worker_shares(16), ElementsAre(16, 12, 2, 1));
    EXPECT_THAT(worker_shares(8), ElementsAre(8, 4, 2, 1));
    EXPECT_THAT(worker_shares(4), ElementsAre(4, 1, 1, 1));
    EXPECT_THAT(worker_shares(1), ElementsAre(1, 1, 1, 1));
    for (std::size_t num_workers = 4; num_workers < 40; ++num_workers) {
        const auto shares = worker_shares(num_workers);
        EXPECT_LT(shares[1] + shares[2] + shares[3], num_workers);
    }
}

/// Writes hang until the writer is let go.
class Lanes : public DispatcherFixture {
 protected:
    void SetUp() override {
        DispatcherFixture::SetUp();
        options_of_dispatcher_.num_workers = kNumWorkers;
        const Handler hangs = [this](const Call&) -> OrProblem<HttpResponse> {
            num_begun_.fetch_add(1);
            writer_.wait();
            return HttpResponse{};
        };
        const auto route = [](HttpMethod method, std::string pattern, Handler handler,
                              std::optional<Lane> lane = {}) {
            return Route{.method = method,
                         .pattern = std::move(pattern),
                         .entry = Entry::kOpen,
                         .lane = lane,
                         .max_body_bytes = 10,
                         .handler = std::move(handler)};
        };
        routes_ = {route(kPost, "/write", hangs),
                   route(HttpMethod::kDelete, "/write", hangs),
                   route(kPost, "/sign-in", hangs, Lane::kSigningIn),
                   route(kPost, "/cancel", hangs, Lane::kCancelling),
                   route(kPost, "/look", counting(), Lane::kReading),
                   route(kGet, "/read", counting())};
    }
    void TearDown() override {
        let_go();
        DispatcherFixture::TearDown();
    }

    void let_go() {
        if (!std::exchange(is_let_go_, true)) may_write_.set_value();
    }
    void begin(std::size_t count, HttpMethod method, std::string_view target) {
        for (std::size_t i = 0; i < count; ++i) {
            HttpRequest request;
            request.method = method;
            request.target = target;
            begun_.push_back(send(std::move(request)));
        }
    }
    /// Waits until so many handlers hang, and says how many did.
    std::size_t hanging(std::size_t count) {
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (num_begun_.load() < count && std::chrono::steady_clock::now() < give_up) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return num_begun_.load();
    }
    std::vector<int> statuses() {
        std::vector<int> statuses;
        for (auto& answer : begun_) statuses.push_back(answer_of(answer).status);
        return statuses;
    }

    static constexpr std::size_t kNumWorkers = 6;
    std::promise<void> may_write_;
    std::shared_future<void> writer_{may_write_.get_future()};
    bool is_let_go_ = false;
    std::atomic<std::size_t> num_begun_{0};
    std::vector<std::future<HttpResponse>> begun_;
    std::vector<Route> routes_;
};

TEST_F(Lanes, ReadingGoesOnWhileAllElseWaitsForTheWriter) {
    serve(routes_);
    begin(3, kPost, "/write");
    begin(3, HttpMethod::kDelete, "/write");
    EXPECT_EQ(hanging(2), 2U);
    begin(3, kPost, "/sign-in");
    EXPECT_EQ(hanging(4), 4U);
    begin(3, kPost, "/cancel");
    EXPECT_EQ(hanging(5), 5U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(kGet, "/read").status, 201);
    EXPECT_EQ(ask(HttpMethod::kHead, "/read").status, 201);
    EXPECT_EQ(ask(kPost, "/look").status, 201);
    EXPECT_EQ(num_begun_.load(), 5U);
    let_go();
    EXPECT_EQ(statuses(), std::vector<int>(12, 200));
    EXPECT_EQ(num_begun_.load(), 12U);
}

TEST_F(Lanes, WhatItsLaneHasNoRoomForIsRefusedAndNothingElse) {
    options_of_dispatcher_.max_waiting = 1;
    serve(routes_);
    // One after the other: the first waits too, until a worker takes it.
    for (std::size_t i = 1; i <= 2; ++i) {
        begin(1, kPost, "/write");
        ASSERT_EQ(hanging(i), i);
    }
    begin(1, kPost, "/write");
    const HttpResponse refused = ask(kPost, "/write");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(header(refused, "Retry-After"));
    EXPECT_EQ(ask(kGet, "/read").status, 201);
    begin(1, kPost, "/sign-in");
    EXPECT_EQ(hanging(3), 3U);
    let_go();
    EXPECT_EQ(statuses(), std::vector<int>(4, 200));
}

TEST_F(Lanes, WhatKeepsItsAnswerForAKeyWritesAfterAll) {
    routes_[4].entry = Entry::kScoped;
    serve(routes_);
    begin(2, kPost, "/write");
    ASSERT_EQ(hanging(2), 2U);
    const HttpHeader caller = bearer(api_key({Scope::kCustomersRead}));
    EXPECT_EQ(ask(kPost, "/look", {caller}).status, 201);
    HttpRequest kept;
    kept.method = kPost;
    kept.target = "/look";
    kept.headers = {caller, {"Idempotency-Key", "k"}};
    begun_.push_back(send(std::move(kept)));
    EXPECT_EQ(ask(kGet, "/read").status, 201);
    EXPECT_EQ(num_handled_, 2);
    let_go();
    EXPECT_EQ(statuses(), (std::vector<int>{200, 200, 201}));
}

}  // namespace
}  // namespace attune
