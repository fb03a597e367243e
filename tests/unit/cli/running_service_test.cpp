// Run by TSan too: a stop while requests are answered.
#include "cli/running_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "access/options.hpp"
#include "cli/job_kinds.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "support/planted_store.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

/// All that `attune serve` runs, on the planted store.
class Service : public testing::Test {
 protected:
    void SetUp() override {
        auto database = open_database("sqlite:" + (folder_ / "attune.db").string()).value();
        ASSERT_TRUE(fill_planted_store(*database, {}));
        train(*database);
        service_.database =
            std::make_unique<WatchedDatabase>(std::move(database), WatchedDatabase::Options{});
        Database& store = *service_.database;
        service_.access =
            AccessService::open(store, service_.clock, access_options(config_)).value();
        const LiveServiceOptions options{config_, folder_ / "models", {}};
        service_.live = LiveService::start(store, service_.clock, options, progress_).value();
        service_.jobs =
            JobRunner::start(store, service_.clock, job_kinds(*service_.live, {}),
                             job_runner_options(*service_.live, config_, folder_ / "jobs"))
                .value();
        service_.retention =
            std::make_unique<RetentionSweep>(store_retention_rules(store, config_), service_.clock,
                                             retention_options(config_), [](const std::string&) {});
        service_.http = HttpService::start(config_, {*service_.live,
                                                     *service_.jobs,
                                                     *service_.access,
                                                     service_.clock,
                                                     service_.monotonic,
                                                     *service_.retention,
                                                     *service_.database,
                                                     folder_ / "uploads",
                                                     {}})
                            .value();
    }

    void train(Database& database) {
        TrainRequest request;
        request.options = training_options(config_).value();
        request.event_weights = event_weights(config_);
        request.folder = folder_ / "models";
        ThreadPool pool(1);
        ASSERT_TRUE(train_and_save(database, request, service_.clock, pool, progress_));
    }

    /// Asks on one connection for as long as it is answered; counts the answers.
    void ask_until_closed(const std::string& request) {
        const std::string_view near_the_end = "\"latency_us\":";
        const RawClient client(service_.http->port());
        while (client.send(request) && client.receive_until(near_the_end).ends_with(near_the_end)) {
            ++num_answered_;
        }
    }

    std::size_t num_stored() {
        std::size_t count = 0;
        EXPECT_TRUE(service_.database->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(count, stores.decisions().count());
            return {};
        }));
        return count;
    }

    TemporaryFolder folder_;
    NullProgress progress_;
    Config config_ =
        Config::load(
            settings_schema(), {}, [](const std::string&) { return std::optional<std::string>(); },
            {"training.tune=false", "training.validation_days=40", "training.models=popularity",
             "ranking.one_of_category=none", "http.port=0", "http.stop_grace_ms=1000",
             "limits.principal_requests_per_s=0", "limits.address_requests_per_s=0"})
            .value();
    RunningService service_;
    std::atomic<std::size_t> num_answered_{0};
};

TEST_F(Service, StoresTheDecisionOfEveryRequestThatItAnswersWhileItStops) {
    const std::string key = service_.access->api_keys()
                                .create({.name = "test", .scopes = {Scope::kRecommend}}, "anna")
                                ->secret;
    const std::string request =
        "GET /api/recommend?user_id=c001 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key +
        "\r\n\r\n";
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) clients.emplace_back([&] { ask_until_closed(request); });
    while (num_answered_ < 100) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    service_.stop();
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(service_.live->decisions().num_lost(), 0U);
    // One that was answered may not have arrived.
    EXPECT_GE(num_stored(), num_answered_);
}

}  // namespace
}  // namespace attune
