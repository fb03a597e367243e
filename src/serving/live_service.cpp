#include "serving/live_service.hpp"

#include <chrono>
#include <thread>

#include "core/uncancellable_progress.hpp"
#include "serving/json_text.hpp"
#include "serving/settings.hpp"
#include "serving/settings_live.hpp"
#include "serving/state_loader.hpp"

namespace attune {
namespace {

// To read what an import stored.
constexpr int kMostTries = 5;
constexpr std::chrono::milliseconds kBetweenTries{200};

Result<std::shared_ptr<const ReasonTemplates>> load_templates(const LiveServiceOptions& options) {
    auto templates = options.templates_folder.empty()
                         ? built_in_reason_templates()
                         : load_reason_templates(options.templates_folder,
                                                 options.config.text("explain.language"));
    if (!templates) return fail(templates.error());
    return std::make_shared<const ReasonTemplates>(std::move(*templates));
}

}  // namespace

LiveService::LiveService(Database& database, const Clock& clock, const LiveServiceOptions& options)
    : database_(database), clock_(clock), options_(options), acceptance_(database) {}

LiveService::~LiveService() {
    stop();
}

Result<std::unique_ptr<LiveService>> LiveService::start(Database& database, const Clock& clock,
                                                        const LiveServiceOptions& options,
                                                        Progress& progress) {
    std::unique_ptr<LiveService> service(new LiveService(database, clock, options));
    ATTUNE_TRY(service->load(progress));
    return service;
}

Status LiveService::load(Progress& progress) {
    ATTUNE_ASSIGN(auto templates, load_templates(options_));
    const auto to_alert = [this](const std::string& text) { alert(text); };
    stream_ = std::make_unique<LiveStream>(live_stream_options(options_.config, clock_.now()));
    settings_ = std::make_unique<LiveSettings>(database_, clock_, options_.config);
    ATTUNE_TRY(settings_->load(to_alert));
    states_ = std::make_unique<CustomerStates>(state_options(settings_->config(), clock_.now()));
    models_ =
        std::make_unique<ModelHolder>(database_, states_->product_numbers(), std::move(templates),
                                      ModelHolderOptions{options_.models_folder, to_alert});
    ATTUNE_TRY(models_->load_current());
    ATTUNE_TRY(settings_->leave_out_unsuitable(
        [this](const Config& config) { return models_->check(config); }, to_alert));
    const Config config = settings_->config();
    states_->set_engagement_weights(event_weights(config));
    ATTUNE_TRY(load_all_states(database_, *states_, clock_, progress));
    ATTUNE_TRY(models_->start(config));
    settings_->set_use([this](const Config& changed) { return use_settings(changed); });
    decisions_ = std::make_unique<DecisionLog>(database_, *stream_, clock_,
                                               decision_log_options(config), to_alert);
    recommender_ = std::make_unique<LiveRecommender>(
        LiveRecommender::Parts{*states_, *models_, clock_, answer_cache_options(config),
                               [this](const Answer& answer) { decisions_->record(answer); }});
    events_ = std::make_unique<EventService>(database_, *states_, *stream_, clock_,
                                             event_service_options(config));
    customers_ = std::make_unique<CustomerService>(database_, *states_, clock_,
                                                   [this] { return decisions_->flush(); });
    products_ = std::make_unique<ProductService>(database_, *models_);
    return {};
}

Status LiveService::use_settings(const Config& config) {
    ATTUNE_TRY(models_->use_settings(config));
    states_->set_engagement_weights(event_weights(config));
    return {};
}

/// A store that cannot be read now is asked again: nothing else would bring the states up to date.
Status LiveService::refresh_states(const ImportOutcome& outcome, Progress& progress) {
    UncancellableProgress whole(progress);
    for (int num_tries = 1;; ++num_tries) {
        const Status done =
            outcome.touched_customers
                ? load_states_of(database_, *states_, *outcome.touched_customers, clock_)
                : load_all_states(database_, *states_, clock_, whole);
        if (done || num_tries == kMostTries) return done;
        std::this_thread::sleep_for(kBetweenTries);
    }
}

std::vector<std::string> LiveService::refresh_after_import(const ImportOutcome& outcome,
                                                           Progress& progress) {
    const auto stored = [&](RecordKind kind) {
        const PutCounts& counts = outcome.stored[static_cast<std::size_t>(kind)];
        return counts.added + counts.changed > 0;
    };
    std::vector<std::string> not_in_force;
    const bool states_changed =
        stored(RecordKind::kCustomer) || stored(RecordKind::kEvent) || stored(RecordKind::kConsent);
    // First, for whoever refused something must not wait for the models.
    if (states_changed) {
        if (const Status done = refresh_states(outcome, progress); !done) {
            not_in_force.emplace_back(
                "customers are in force as they were before it until the service is started again");
            alert(fmt::format("an import is stored, but {}: {}", not_in_force.back(),
                              done.error().message));
        }
    }
    // What the models cannot take in they try again by themselves, and alert.
    if (stored(RecordKind::kProduct) && !models_->reload_products()) {
        not_in_force.emplace_back("the products are not in the models yet; this is tried again");
    }
    return not_in_force;
}

void LiveService::alert(const std::string& text) {
    options_.log_alert(text);
    fmt::memory_buffer message;
    JsonText json(message);
    json.object([&] {
        json.field("text", text);
        json.field("time", format_timestamp(clock_.now()));
    });
    stream_->publish(StreamKind::kAlert, fmt::to_string(message));
}

void LiveService::close_stream() {
    if (stream_) stream_->close();
}

void LiveService::stop() {
    if (decisions_) decisions_->stop();
    close_stream();
}

}  // namespace attune
