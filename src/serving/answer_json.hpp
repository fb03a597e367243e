#pragma once

#include <fmt/format.h>

#include <string>

#include "serving/answer.hpp"
#include "serving/json_text.hpp"
#include "serving/live_recommender.hpp"
#include "serving/recommend_service.hpp"
#include "serving/shortfall.hpp"
#include "serving/stage_clock.hpp"

namespace attune {

/// The JSON of recommendations, written at once into one buffer. Pure functions.

/// The items, a list.
std::string items_json(const Recommendations& result, const Catalogue& catalogue, Explain explain);
/// What each stage let through and, with a clock, how long it took, an object.
std::string stages_json(const StageCounts& counts, const StageClock* stages);
std::string shortfall_json(const Shortfall& shortfall);
/// What is kept of a decision so that it can be looked at and replayed: the fields of an object,
/// without its braces.
std::string decision_json(const RecommendRequest& request, const AnswerInput& input,
                          const Recommendations& result, const std::string& stages);

/// The whole object of one answer.
void append_answer(const Answer& answer, fmt::memory_buffer& target);
/// The same within the list of all customers: {"user_id", "items"}.
void append_answer_in_list(const Answer& answer, fmt::memory_buffer& target);

/// How many events an answer went by, and which: a sum over them that their order does not change.
struct EventsMark {
    std::size_t count = 0;
    std::uint64_t hash = 0;

    friend bool operator==(const EventsMark&, const EventsMark&) = default;
};
EventsMark mark_events(const CustomerRecord* record, Timestamp now);

}  // namespace attune
