#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Recommendations of one day, and of how many something was accepted.
struct DayOfAcceptance {
    Timestamp midnight{};  ///< that it begins with, UTC
    std::size_t shown = 0;
    std::size_t accepted = 0;

    friend bool operator==(const DayOfAcceptance&, const DayOfAcceptance&) = default;
};

/// How recommendations were accepted on the last days. What is asked for again and again, as pages
/// do that are open, is today alone: days that are over are read once in kKeptMs, for imports,
/// removals and decisions that were stored late change them too.
///
/// @threads every member may be called from many threads
class AcceptanceHistory {
 public:
    static constexpr std::size_t kNumDays = 30;
    static constexpr std::int64_t kKeptMs = 60'000;

    /// @lifetime borrows the database
    explicit AcceptanceHistory(Database& database) : database_(database) {}

    /// The last kNumDays days, the one of `now` last. Not within Database::read, for it reads
    /// itself.
    /// @errors those of the store
    /// @cost   O(decisions and accepting purchases of today), once in kKeptMs of all the days
    Result<std::vector<DayOfAcceptance>> until(Timestamp now);

 private:
    Result<std::vector<DayOfAcceptance>> finished_days(Timestamp now, Timestamp today);

    Database& database_;
    std::mutex mutex_;
    std::vector<DayOfAcceptance> finished_;  ///< empty: never read
    Timestamp read_at_{};
};

}  // namespace attune
