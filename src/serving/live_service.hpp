#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "serving/acceptance_history.hpp"
#include "serving/customer_service.hpp"
#include "serving/customer_states.hpp"
#include "serving/decision_log.hpp"
#include "serving/event_service.hpp"
#include "serving/import_service.hpp"
#include "serving/live_recommender.hpp"
#include "serving/live_settings.hpp"
#include "serving/live_stream.hpp"
#include "serving/model_holder.hpp"
#include "serving/product_service.hpp"
#include "storage/stores.hpp"

namespace attune {

struct LiveServiceOptions {
    Config config;
    std::filesystem::path models_folder;
    std::filesystem::path templates_folder;  ///< of reasons; empty: the built-in texts
    /// Writes alerts to the log; they go to the stream in any case.
    std::function<void(const std::string&)> log_alert = [](const std::string&) {};
};

/// Everything that answers requests, put together: states, models, settings, events, decisions and
/// the stream. What the HTTP routes call.
///
/// @threads every member may be called from many threads, but for `start` and `stop`
class LiveService {
 public:
    /// Reads what the store and the models folder hold. Without a trained model it starts too.
    /// @lifetime borrows the database and the clock
    /// @errors those of the store, of the settings and of the templates; kCancelled
    static Result<std::unique_ptr<LiveService>> start(Database& database, const Clock& clock,
                                                      const LiveServiceOptions& options,
                                                      Progress& progress);
    ~LiveService();
    LiveService(const LiveService&) = delete;
    LiveService& operator=(const LiveService&) = delete;

    /// Ends the stream: its listeners are told, and nobody can listen any more. Requests go on.
    void close_stream();
    /// Stores the decisions that wait and ends the stream. Calling it again does nothing.
    /// @pre no request is answered any more, for its decision would be lost
    void stop();

    /// Brings states and products up to what an import stored, and waits for it. Requests go on
    /// meanwhile by what was before. It cannot be cancelled, for what is stored must be in force:
    /// customers may have refused something.
    /// @return what is not in force yet, for people, each of which was an alert too
    std::vector<std::string> refresh_after_import(const ImportOutcome& outcome, Progress& progress);

    /// Something that people should know: to the log and the stream. {"text", "time"}
    void alert(const std::string& text);

    [[nodiscard]] Database& database() { return database_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    [[nodiscard]] const std::filesystem::path& models_folder() const {
        return options_.models_folder;
    }
    [[nodiscard]] CustomerStates& states() { return *states_; }
    [[nodiscard]] ModelHolder& models() { return *models_; }
    [[nodiscard]] LiveSettings& settings() { return *settings_; }
    [[nodiscard]] LiveRecommender& recommender() { return *recommender_; }
    [[nodiscard]] EventService& events() { return *events_; }
    [[nodiscard]] CustomerService& customers() { return *customers_; }
    [[nodiscard]] ProductService& products() { return *products_; }
    [[nodiscard]] DecisionLog& decisions() { return *decisions_; }
    [[nodiscard]] LiveStream& stream() { return *stream_; }
    [[nodiscard]] AcceptanceHistory& acceptance() { return acceptance_; }

 private:
    LiveService(Database& database, const Clock& clock, const LiveServiceOptions& options);
    Status load(Progress& progress);
    Status use_settings(const Config& config);
    Status refresh_states(const ImportOutcome& outcome, Progress& progress);

    Database& database_;
    const Clock& clock_;
    LiveServiceOptions options_;
    AcceptanceHistory acceptance_;
    // In the order of making; what is used by others goes last.
    std::unique_ptr<LiveStream> stream_;
    std::unique_ptr<LiveSettings> settings_;
    std::unique_ptr<CustomerStates> states_;
    std::unique_ptr<ModelHolder> models_;
    std::unique_ptr<DecisionLog> decisions_;
    std::unique_ptr<LiveRecommender> recommender_;
    std::unique_ptr<EventService> events_;
    std::unique_ptr<CustomerService> customers_;
    std::unique_ptr<ProductService> products_;
};

}  // namespace attune
