#include "serving/decision_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <unordered_map>

#include "serving/json_text.hpp"

namespace attune {
namespace {

constexpr std::chrono::milliseconds kGathering{50};
constexpr std::chrono::milliseconds kBetweenTries{200};
constexpr int kMostBetweenTries = 10;  ///< times as long
constexpr std::int64_t kBetweenAlertsMs = 1'000;
// Of one write, in which every decision has a copy of its own.
constexpr std::size_t kMostDocumentBytes = 32U << 20U;

}  // namespace

Decision to_decision(const Answer& answer) {
    Decision decision;
    decision.id = answer.decision_id;
    decision.customer_id = answer.body->customer_id;
    decision.time = answer.time;
    decision.model_version = answer.body->model_version;
    decision.purpose = answer.body->purpose;
    decision.document = answer.body->decision_json;
    decision.latency_us = answer.latency_us;
    decision.cached = answer.cached;
    return decision;
}

namespace {

/// Names the decision whose document this one repeats, or has later ones repeat this one's.
void share_document(const AnswerBody& body, Decision& decision) {
    AnswerBody::Recorded& recorded = body.recorded;
    const bool is_recent = decision.time.ms - recorded.time.ms < kMostAgeOfRepeatedMs;
    if (!recorded.decision_id.empty() && is_recent) {
        decision.same_as = recorded.decision_id;
    } else {
        recorded = {decision.id, decision.time};
    }
}

/// By answer, whether it is about a customer who was removed since it was made. Their removal took
/// all decisions about them along, and what comes after it would stay for ever.
Result<std::vector<bool>> about_removed(const std::vector<Answer>& answers,
                                        CustomerStore& customers) {
    std::unordered_map<std::string_view, bool> exists;
    std::vector<bool> removed(answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const AnswerBody& body = *answers[i].body;
        // A visitor never was a customer: decisions about them stay.
        if (!body.known) continue;
        const auto [asked, is_new] = exists.try_emplace(body.customer_id, false);
        if (is_new) {
            ATTUNE_ASSIGN(asked->second, customers.contains(body.customer_id));
        }
        removed[i] = !asked->second;
    }
    return removed;
}

Status append_all_but(const std::vector<bool>& left_out, std::span<const Decision> decisions,
                      DecisionStore& store) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= decisions.size(); ++i) {
        if (i < decisions.size() && !left_out[i]) continue;
        ATTUNE_TRY(store.append(decisions.subspan(begin, i - begin)));
        begin = i + 1;
    }
    return {};
}

}  // namespace

DecisionLog::DecisionLog(Database& database, LiveStream& stream, const Clock& clock,
                         const DecisionLogOptions& options,
                         std::function<void(const std::string&)> alert)
    : database_(database),
      stream_(stream),
      clock_(clock),
      options_(options),
      alert_(std::move(alert)),
      waiting_({options.max_waiting, options.max_waiting_bytes}),
      thread_([this] { work(); }) {}

DecisionLog::~DecisionLog() {
    stop();
}

bool DecisionLog::push_or_wait(Answer&& answer, std::unique_lock<std::mutex>& lock) {
    if (stopping_) return false;
    if (waiting_.push(std::move(answer))) return true;
    if (refusal_ || waited_in_vain_) return false;
    bool fits = false;
    ++num_without_room_;
    wake_.notify_one();
    room_.wait_for(lock, options_.most_wait_for_room, [&] {
        fits = !stopping_ && waiting_.push(std::move(answer));
        return fits || stopping_ || refusal_;
    });
    --num_without_room_;
    waited_in_vain_ = !fits;
    return fits;
}

bool DecisionLog::record(Answer answer) {
    bool fits = false;
    bool is_awaited = false;
    {
        std::unique_lock lock(mutex_);
        fits = push_or_wait(std::move(answer), lock);
        if (fits) ++num_recorded_;
        is_awaited = waiting_.size() == 1 || waiting_.size() == options_.per_write;
    }
    if (!fits) lose(1, "more decisions are made than can be stored");
    if (fits && is_awaited) wake_.notify_one();
    return fits;
}

void DecisionLog::lose(std::size_t count, const std::string& why) {
    num_lost_.fetch_add(count);
    {
        const std::lock_guard lock(alert_mutex_);
        const Timestamp now = clock_.now();
        if (last_alert_.ms != INT64_MIN && now.ms - last_alert_.ms < kBetweenAlertsMs) return;
        last_alert_ = now;
    }
    alert_(fmt::format("{}: {} are lost since the start", why, num_lost_.load()));
}

void DecisionLog::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        // One transaction for all of a moment; each would wait for the disk.
        wake_.wait_for(lock, kGathering, [&] {
            return stopping_ || flushing_ > 0 || num_without_room_ > 0 ||
                   waiting_.size() >= options_.per_write;
        });
        const std::vector<Answer> answers = waiting_.take(options_.per_write, kMostDocumentBytes);
        waited_in_vain_ = false;
        lock.unlock();
        room_.notify_all();
        write(answers);
        lock.lock();
        num_handled_ += answers.size();
        idle_.notify_all();
    }
}

void DecisionLog::write(const std::vector<Answer>& answers) {
    std::vector<Decision> decisions;
    decisions.reserve(answers.size());
    for (const Answer& answer : answers) {
        decisions.push_back(to_decision(answer));
        share_document(*answer.body, decisions.back());
    }
    std::vector<bool> left_out;
    const Status stored = store(answers, decisions, left_out);
    if (!stored) {
        return lose(answers.size(),
                    fmt::format("decisions cannot be stored ({})", stored.error().message));
    }
    const auto num_left_out =
        static_cast<std::uint64_t>(std::count(left_out.begin(), left_out.end(), true));
    num_left_out_.fetch_add(num_left_out);
    num_written_.fetch_add(answers.size() - num_left_out);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!left_out[i]) publish(answers[i]);
    }
}

/// What is only unavailable now is tried again until it is not, or the log stops.
Status DecisionLog::store(const std::vector<Answer>& answers,
                          const std::vector<Decision>& decisions, std::vector<bool>& left_out) {
    for (int num_tries = 1;; ++num_tries) {
        const bool is_last = is_stopping();
        const Status stored = database_.write([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(left_out, about_removed(answers, stores.customers()));
            return append_all_but(left_out, decisions, stores.decisions());
        });
        if (stored || is_last || stored.error().code != ErrorCode::kUnavailable) {
            forget_refusal();
            return stored;
        }
        wait_for_the_store(stored.error(), num_tries);
    }
}

bool DecisionLog::is_stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void DecisionLog::wait_for_the_store(const Error& refusal, int num_tries) {
    std::unique_lock lock(mutex_);
    refusal_ = refusal;
    idle_.notify_all();
    room_.notify_all();
    wake_.wait_for(lock, kBetweenTries * std::min(num_tries, kMostBetweenTries),
                   [&] { return stopping_; });
}

void DecisionLog::forget_refusal() {
    const std::lock_guard lock(mutex_);
    refusal_.reset();
}

void DecisionLog::publish(const Answer& answer) {
    fmt::memory_buffer text;
    JsonText json(text);
    json.object([&] {
        json.field("id", answer.decision_id);
        json.field("customer_id", answer.body->customer_id);
        json.field("time", format_timestamp(answer.time));
        json.field("purpose", answer.body->purpose);
        json.field("model_version", answer.body->model_version);
        json.field("num_items", answer.body->items.size());
        if (!answer.body->items.empty()) {
            json.field("first_product_id", answer.body->items.front().product_id);
            json.field("first_product", answer.body->items.front().name);
        }
        json.field("latency_us", answer.latency_us);
    });
    stream_.publish(StreamKind::kDecision, fmt::to_string(text));
}

Status DecisionLog::flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t recorded = num_recorded_;
    ++flushing_;
    wake_.notify_all();
    idle_.wait(lock, [&] { return num_handled_ >= recorded || refusal_; });
    --flushing_;
    if (num_handled_ >= recorded) return {};
    return fail(*refusal_);
}

void DecisionLog::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    room_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::size_t DecisionLog::num_waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

}  // namespace attune
