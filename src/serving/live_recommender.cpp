#include "serving/live_recommender.hpp"

#include <algorithm>

#include "domain/consent.hpp"
#include "domain/limits.hpp"
#include "serving/answer_json.hpp"
#include "serving/shortfall.hpp"

namespace attune {
namespace {

void take_earlier(std::optional<Timestamp>& earliest, Timestamp candidate, Timestamp now) {
    if (candidate > now && (!earliest || candidate < *earliest)) earliest = candidate;
}

/// Until when the answer holds if nothing is told: a product comes or goes, a dismissal is
/// forgotten, an event or decision of the future becomes one of the past.
std::optional<Timestamp> valid_until(const AnswerInput& input) {
    std::optional<Timestamp> until = input.model.availability_until(input.now);
    const CustomerRecord* record = input.customer.record.get();
    if (record == nullptr) return until;
    for (const Consent& consent : record->decided()) take_earlier(until, consent.time, input.now);
    const auto future = [&](std::span<const KnownEvent> events) {
        const auto next = std::upper_bound(
            events.begin(), events.end(), input.now.ms,
            [](std::int64_t now_ms, const KnownEvent& event) { return now_ms < event.time_ms; });
        if (next != events.end()) take_earlier(until, Timestamp{next->time_ms}, input.now);
    };
    if (record->older) future(*record->older);
    future(record->recent);
    if (const auto days = input.model.options.rules.dismissed_expiry_days) {
        for (const Interaction& interaction : input.customer.history) {
            if (interaction.type != EventType::kDismiss) continue;
            take_earlier(until, add_days(interaction.time, *days), input.now);
        }
    }
    return until;
}

std::string message_of(const Recommendations& result, const std::optional<Shortfall>& shortfall) {
    if (shortfall) return shortfall->text;
    return fmt::format("{} products recommended", result.items.size());
}

}  // namespace

RecommendInput CustomerInput::view() const {
    return {{profile.get(), history, decay_from}, personalization_refused};
}

std::span<const Consent> CustomerInput::decided() const {
    return record ? record->decided() : std::span<const Consent>();
}

Status check_purpose(const std::string& purpose, const CustomerInput& customer, Timestamp now) {
    ATTUNE_TRY(validate_id("purpose", purpose));
    if (purpose == kPersonalizationPurpose) return {};
    if (!consent_refused(customer.decided(), purpose, now)) return {};
    return fail(ErrorCode::kForbidden,
                "customer '{}' refused the purpose '{}': nothing may be recommended for it",
                customer.record->id, purpose);
}

RecommendOptions options_of(const RecommendRequest& request, const ServingModel& model) {
    RecommendOptions options = model.options;
    if (request.num_items > 0) options.rank.num_items = request.num_items;
    options.filter = request.filter;
    return options;
}

Result<std::shared_ptr<const AnswerBody>> make_answer(const RecommendRequest& request,
                                                      const AnswerInput& input,
                                                      StageClock* stages) {
    StageClock own;
    StageClock& clock = stages == nullptr ? own : *stages;
    const ServingModel& model = input.model;
    const RecommendOptions options = options_of(request, model);
    ATTUNE_ASSIGN(const Recommendations result,
                  model.service->recommend(input.customer.view(), options, input.now, &clock));
    auto body = std::make_shared<AnswerBody>();
    body->customer_id = request.customer_id;
    body->purpose = request.purpose;
    body->model_version = model.snapshot().version;
    body->known = input.customer.record != nullptr;
    body->personalized = !input.customer.personalization_refused;
    for (const RecommendedItem& item : result.items) {
        const Product& product = model.catalogue().product(item.ranked.product);
        body->items.push_back({product.id, product.name, item.ranked.score});
    }
    body->valid_until = valid_until(input);
    body->items_json = items_json(result, model.catalogue(), request.explain);
    body->stages_json = stages_json(result.counts, &clock);
    const auto shortfall = shortfall_of(result.counts, options.rank.num_items, options.rules);
    if (shortfall) body->shortfall_json = shortfall_json(*shortfall);
    body->message = message_of(result, shortfall);
    body->decision_json = decision_json(request, input, result, body->stages_json);
    clock.after_text();
    return std::shared_ptr<const AnswerBody>(std::move(body));
}

LiveRecommender::LiveRecommender(Parts parts) : parts_(std::move(parts)), cache_(parts_.cache) {}

Result<std::shared_ptr<const ServingModel>> LiveRecommender::model() const {
    auto model = parts_.models.current();
    if (!model) {
        return fail(ErrorCode::kUnavailable,
                    "no model is trained yet: start a training, then ask again");
    }
    return model;
}

CustomerInput make_input(std::shared_ptr<const CustomerRecord> record, const ServingModel& model,
                         Timestamp now) {
    CustomerInput input;
    input.record = std::move(record);
    input.decay_from = model.snapshot().as_of;
    if (!input.record) return input;
    input.profile = input.record->profile;
    input.history = history_of(*input.record, model.indexes, model.snapshot().event_weights, now);
    input.personalization_refused = personalization_refused(input.record->decided(), now);
    if (!input.history.empty()) {
        input.decay_from = std::max(input.decay_from, input.history.back().time);
    }
    return input;
}

Result<CustomerInput> LiveRecommender::input_of(const std::string& customer_id,
                                                const ServingModel& model, Timestamp now) const {
    auto record = parts_.states.find(customer_id);
    if (!record) ATTUNE_TRY(validate_id("user_id", customer_id));
    return make_input(std::move(record), model, now);
}

Result<std::shared_ptr<const AnswerBody>> LiveRecommender::answer(const RecommendRequest& request,
                                                                  StageClock* stages) const {
    ATTUNE_ASSIGN(const auto serving, model());
    const Timestamp moment = now();
    ATTUNE_ASSIGN(const CustomerInput customer, input_of(request.customer_id, *serving, moment));
    ATTUNE_TRY(check_purpose(request.purpose, customer, moment));
    if (stages != nullptr) stages->after_state();
    return make_answer(request, {*serving, customer, moment}, stages);
}

Result<Answer> LiveRecommender::recommend(const RecommendRequest& request) {
    const auto start = std::chrono::steady_clock::now();
    ATTUNE_ASSIGN(const auto serving, model());
    Answer answer;
    answer.time = now();
    const auto record = parts_.states.find(request.customer_id);
    const std::string key =
        fmt::format("{}:{};{};{};{}", request.customer_id.size(), request.customer_id,
                    record ? record->revision : 0, serving->generation, request_key(request));
    answer.body = cache_.find(key, answer.time);
    answer.cached = answer.body != nullptr;
    if (!answer.cached) {
        StageClock stages;
        if (!record) ATTUNE_TRY(validate_id("user_id", request.customer_id));
        const CustomerInput customer = make_input(record, *serving, answer.time);
        ATTUNE_TRY(check_purpose(request.purpose, customer, answer.time));
        stages.after_state();
        ATTUNE_ASSIGN(answer.body,
                      make_answer(request, {*serving, customer, answer.time}, &stages));
        cache_.put(key, answer.body);
    }
    answer.decision_id = ids_.next(answer.time);
    answer.model_up_to_date = parts_.models.is_up_to_date();
    const auto end = std::chrono::steady_clock::now();
    const double us = std::chrono::duration<double, std::micro>(end - start).count();
    answer.latency_us = static_cast<std::int64_t>(us);
    latency_.add(us, end);
    parts_.record(answer);
    return answer;
}

}  // namespace attune
