#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/listing.hpp"

namespace attune {

/// What was recommended to whom, when and by which model, so that it can be looked at and replayed.
struct Decision {
    std::string id{};
    std::string customer_id{};  ///< may be nobody whom the store knows: a visitor
    Timestamp time{};
    std::string model_version{};
    std::string purpose{};
    std::string document{};  ///< JSON, as the caller made it: request, items, stages
    std::int64_t latency_us = 0;
    bool cached = false;  ///< the answer was made for an earlier request
    /// The decision, of the same customer and at most kMostAgeOfRepeated older, that has the same
    /// document; empty: none. A document of kilobytes is then stored once for many.
    std::string same_as{};

    friend bool operator==(const Decision&, const Decision&) = default;
};

inline constexpr std::int64_t kMostAgeOfRepeatedMs = 24LL * 3'600'000;

/// What the context of an event begins with that followed a decision, whose id comes after it.
inline constexpr std::string_view kDecisionContext = "decision:";

/// Nothing here counts as a change of the data that models are trained on: Database::revision()
/// stays.
class DecisionStore {
 public:
    virtual ~DecisionStore() = default;
    /// Decisions with ids that are stored already are passed over; returns how many were added.
    /// Where the decision that one is the same as is not there, its own document is stored.
    /// @errors kInvalidArgument: an empty id; nothing of the call is stored then
    /// @cost  a few microseconds each; give many at a time
    virtual Result<std::size_t> append(std::span<const Decision> decisions) = 0;
    /// @errors kNotFound
    virtual Result<Decision> get(std::string_view id) = 0;
    virtual Result<std::vector<Decision>> list(const NewestFirst& page) = 0;
    virtual Result<std::size_t> count() = 0;
    /// How many there are of each day. @cost  looks at the decisions of the days, once
    virtual Result<std::vector<std::size_t>> count_by_day(const DayRange& days) = 0;
    /// Removes at most `limit` of those before `time`, oldest first; returns how many. Those whose
    /// documents later ones may share stay for kMostAgeOfRepeatedMs longer.
    virtual Result<std::size_t> purge(Timestamp time, std::size_t limit) = 0;
};

}  // namespace attune
