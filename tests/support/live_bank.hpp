#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "serving/live_service.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {

/// The present in these tests: after the last planted event.
inline constexpr std::int64_t kLiveNowMs = (kPlantedFirstDay + kPlantedDays + 30) * kMsPerDay;

/// A running service on the planted store, with a small model unless told otherwise.
class LiveBank {
 public:
    enum class Model { kTrained, kNone };

    explicit LiveBank(Model model = Model::kTrained, std::vector<std::string> overrides = {},
                      const PlantedStoreOptions& store = {}) {
        overrides.insert(overrides.begin(),
                         {"training.tune=false", "training.validation_days=40",
                          "propensity.rounds=3", "als.factors=4", "ranking.one_of_category=none",
                          "training.models=popularity, content, item_knn"});
        config_ = Config::load(
                      settings_schema(), {},
                      [](const std::string&) { return std::optional<std::string>(); }, overrides)
                      .value();
        if (model == Model::kTrained) {
            fill_and_train(overrides, store);
        } else {
            fill(store);
        }
        open();
    }

    /// Trains beside the service, as `attune train` would. @return the version
    std::string train(std::size_t num_kept = 5) {
        TrainRequest request;
        request.options = training_options(config_).value();
        request.event_weights = event_weights(config_);
        request.folder = models_folder();
        request.num_kept = num_kept;
        ThreadPool pool(1);
        NullProgress progress;
        clock_.set({clock_.now().ms + 1'000});  // versions are named by the second
        return train_and_save(*database_, request, clock_, pool, progress).value()->version;
    }

    /// Starts the service anew, as after a restart.
    void open() {
        service_.reset();
        NullProgress progress;
        LiveServiceOptions options{config_, models_folder(), {}, [this](const std::string& text) {
                                       const std::lock_guard lock(alerts_mutex_);
                                       alerts_.push_back(text);
                                   }};
        service_ = LiveService::start(*database_, clock_, options, progress).value();
    }

    [[nodiscard]] std::filesystem::path models_folder() const { return folder_.path() / "models"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    LiveService* operator->() { return service_.get(); }
    LiveService& service() { return *service_; }
    Database& database() { return *database_; }
    FixedClock& clock() { return clock_; }
    const Config& config() const { return config_; }
    std::vector<std::string> alerts() {
        const std::lock_guard lock(alerts_mutex_);
        return alerts_;
    }
    /// The same, once there are as many, or after half a minute.
    std::vector<std::string> wait_for_alerts(std::size_t count) {
        for (int i = 0; i < 6'000 && alerts().size() < count; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return alerts();
    }

    Answer ask(const std::string& customer_id, RecommendRequest request = {}) {
        request.customer_id = customer_id;
        auto answer = service_->recommender().recommend(request);
        EXPECT_TRUE(answer) << answer.error().message;
        return answer ? std::move(*answer)
                      : Answer{std::make_shared<AnswerBody>(), {}, {}, 0, {}, {}};
    }

    static Event event(const std::string& customer_id, const std::string& product_id,
                       EventType type, std::int64_t time_ms) {
        Event event;
        event.customer_id = customer_id;
        event.product_id = product_id;
        event.type = type;
        event.time = {time_ms};
        return event;
    }

 private:
    void open_store() {
        database_ = open_database("sqlite:" + (folder_.path() / "live.db").string()).value();
    }

    void fill(const PlantedStoreOptions& store) {
        open_store();
        EXPECT_TRUE(fill_planted_store(*database_, store));
    }

    /// Trains once for each configuration and store; who comes later gets a copy of the files.
    void fill_and_train(const std::vector<std::string>& overrides,
                        const PlantedStoreOptions& store) {
        static std::map<std::string, TemporaryFolder> trained;
        std::string key = fmt::format("{} {} {} {}", store.num_customers, store.num_products,
                                      store.events_of_customer, store.seed);
        for (const std::string& setting : overrides) key += '\n' + setting;
        const auto [kept, is_first] = trained.try_emplace(std::move(key));
        constexpr auto kAll = std::filesystem::copy_options::recursive;
        if (is_first) {
            fill(store);
            train();
            database_.reset();
            std::filesystem::copy(folder_.path(), kept->second.path(), kAll);
        } else {
            std::filesystem::copy(kept->second.path(), folder_.path(), kAll);
            clock_.set({clock_.now().ms + 1'000});  // as train() leaves it
        }
        open_store();
    }

    TemporaryFolder folder_;
    Config config_;
    FixedClock clock_{Timestamp{kLiveNowMs}};
    std::unique_ptr<Database> database_;
    std::mutex alerts_mutex_;
    std::vector<std::string> alerts_;
    std::unique_ptr<LiveService> service_;
};

}  // namespace attune
