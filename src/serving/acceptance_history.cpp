#include "serving/acceptance_history.hpp"

namespace attune {
namespace {

Result<std::vector<DayOfAcceptance>> read_days(Database& database, const DayRange& range) {
    std::vector<DayOfAcceptance> days;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto shown, stores.decisions().count_by_day(range));
        ATTUNE_ASSIGN(const auto accepted, stores.events().accepted_by_day(range));
        for (std::size_t day = 0; day < range.num_days; ++day) {
            days.push_back({range.midnight(day), shown[day], accepted[day]});
        }
        return {};
    }));
    return days;
}

}  // namespace

Result<std::vector<DayOfAcceptance>> AcceptanceHistory::until(Timestamp now) {
    const Timestamp today{now.ms - now.ms % kMsPerDay};
    ATTUNE_ASSIGN(std::vector<DayOfAcceptance> days, finished_days(now, today));
    ATTUNE_ASSIGN(const auto of_today, read_days(database_, {.first = today}));
    days.insert(days.end(), of_today.begin(), of_today.end());
    return days;
}

/// Those who come while they are read wait for them, and hold no session of the database.
Result<std::vector<DayOfAcceptance>> AcceptanceHistory::finished_days(Timestamp now,
                                                                      Timestamp today) {
    const std::lock_guard lock(mutex_);
    const DayRange range{.first = {today.ms - static_cast<std::int64_t>(kNumDays - 1) * kMsPerDay},
                         .num_days = kNumDays - 1};
    const bool of_these_days = !finished_.empty() && finished_.front().midnight == range.first;
    const bool fresh = now >= read_at_ && now.ms - read_at_.ms < kKeptMs;
    if (of_these_days && fresh) return finished_;
    ATTUNE_ASSIGN(finished_, read_days(database_, range));
    read_at_ = now;
    return finished_;
}

}  // namespace attune
