#pragma once

#include <vector>

#include "core/config.hpp"
#include "serving/answer_cache.hpp"
#include "serving/customer_states.hpp"
#include "serving/decision_log.hpp"
#include "serving/event_service.hpp"
#include "serving/live_stream.hpp"

namespace attune {

/// The keys of what runs while the service is up: [events] (but for the weights), [serving],
/// [stream], [jobs].
void add_live_settings(std::vector<Setting>& schema);

CustomerStates::Options state_options(const Config& config, Timestamp now);
EventServiceOptions event_service_options(const Config& config);
AnswerCacheOptions answer_cache_options(const Config& config);
DecisionLogOptions decision_log_options(const Config& config);
/// @param now  later runs number their messages above those of earlier ones
LiveStreamOptions live_stream_options(const Config& config, Timestamp now);

}  // namespace attune
