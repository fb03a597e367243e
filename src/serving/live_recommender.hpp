#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/time_ids.hpp"
#include "serving/answer.hpp"
#include "serving/answer_cache.hpp"
#include "serving/customer_states.hpp"
#include "serving/model_holder.hpp"
#include "serving/recent_latency.hpp"
#include "serving/stage_clock.hpp"

namespace attune {

/// A customer as models and rules see them at one moment, under the indexes of one serving model.
struct CustomerInput {
    std::shared_ptr<const CustomerRecord> record;  ///< null: a visitor of whom nothing is known
    std::shared_ptr<const Customer> profile;
    std::vector<Interaction> history;
    Timestamp decay_from;  ///< the moment that decay is counted from
    bool personalization_refused = false;

    [[nodiscard]] RecommendInput view() const;
    [[nodiscard]] std::span<const Consent> decided() const;
};

/// What goes into an answer beside the request.
struct AnswerInput {
    const ServingModel& model;
    const CustomerInput& customer;
    Timestamp now;
};

/// Recommends from the states in memory by whatever model serves.
///
/// @threads every member may be called from many threads; nothing waits for a training, an import
/// or
///          the disk
class LiveRecommender {
 public:
    struct Parts {
        const CustomerStates& states;
        const ModelHolder& models;
        const Clock& clock;
        AnswerCacheOptions cache;
        /// Keeps the decision; must not wait.
        std::function<void(const Answer&)> record;
    };
    explicit LiveRecommender(Parts parts);

    /// One list with reasons. Its decision is recorded, also where the answer was made before.
    ///
    /// Whoever refused personalization, or is not known, gets a list that goes by nothing personal.
    /// @errors kUnavailable: no model is trained yet; kForbidden: the customer refused the
    ///         purpose (any but personalization); kInvalidArgument: a filter, boost, purpose or
    ///         number that cannot be
    [[nodiscard]] Result<Answer> recommend(const RecommendRequest& request);

    /// The same without recording it and without looking whether it was made before.
    /// @param stages  hears the times; null: nobody
    [[nodiscard]] Result<std::shared_ptr<const AnswerBody>> answer(const RecommendRequest& request,
                                                                   StageClock* stages) const;

    /// The model that serves. @errors kUnavailable: none does
    [[nodiscard]] Result<std::shared_ptr<const ServingModel>> model() const;
    /// The customer as of `now`. @errors kInvalidArgument: a bad id
    [[nodiscard]] Result<CustomerInput> input_of(const std::string& customer_id,
                                                 const ServingModel& model, Timestamp now) const;

    [[nodiscard]] Timestamp now() const { return parts_.clock.now(); }
    [[nodiscard]] const AnswerCache& cache() const { return cache_; }
    /// Of `recommend`, refusals left out.
    [[nodiscard]] const RecentLatency& latency() const { return latency_; }

 private:
    Parts parts_;
    AnswerCache cache_;
    RecentLatency latency_{std::chrono::steady_clock::now()};
    TimeIds ids_{TimeIds::fresh_seed()};
};

/// @param record  null: a visitor
CustomerInput make_input(std::shared_ptr<const CustomerRecord> record, const ServingModel& model,
                         Timestamp now);

/// Whether the request may be answered, by the customer's decisions until `now`.
/// @errors kForbidden; kInvalidArgument: a bad purpose
Status check_purpose(const std::string& purpose, const CustomerInput& customer, Timestamp now);

/// The options of the model with what the request asks for.
RecommendOptions options_of(const RecommendRequest& request, const ServingModel& model);

/// Ranks and puts into words and JSON. Consent must have been looked at.
/// @errors those of RecommendService::recommend
Result<std::shared_ptr<const AnswerBody>> make_answer(const RecommendRequest& request,
                                                      const AnswerInput& input, StageClock* stages);

}  // namespace attune
