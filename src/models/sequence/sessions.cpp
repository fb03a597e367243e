#include "models/sequence/sessions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include "models/feedback_checks.hpp"

namespace attune {
namespace {

using Entry = std::pair<std::uint32_t, float>;  ///< product and weight

/// Appends the session whose events these are.
void append(std::vector<Entry>& entries, Timestamp latest, CutSessions& sessions) {
    if (entries.empty()) return;
    std::sort(entries.begin(), entries.end());
    for (std::size_t k = 0; k < entries.size(); ++k) {
        // The last of equal products has the highest weight.
        if (k + 1 < entries.size() && entries[k + 1].first == entries[k].first) continue;
        sessions.products.columns.push_back(entries[k].first);
        sessions.products.values.push_back(entries[k].second);
    }
    sessions.products.offsets.push_back(sessions.products.columns.size());
    sessions.times.push_back(latest);
    entries.clear();
}

}  // namespace

Result<CutSessions> cut_sessions(std::string_view model, const TrainingData& data,
                                 double gap_minutes) {
    constexpr double kMsPerMinute = 60'000;
    if (!(gap_minutes >= 0) || !std::isfinite(gap_minutes)) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: session_gap_minutes is {}; it may be 0 or more", model, gap_minutes);
    }
    ATTUNE_TRY(check_events(data, model));
    CutSessions sessions;
    sessions.products.num_columns = data.num_products();
    sessions.offsets.push_back(0);
    std::vector<Entry> entries;
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        Timestamp latest;
        for (const Interaction& event : data.history(CustomerIndex(c))) {
            if (!(event.weight > 0)) continue;
            const auto pause_ms = static_cast<double>(event.time.ms - latest.ms);
            if (!entries.empty() && pause_ms > gap_minutes * kMsPerMinute) {
                append(entries, latest, sessions);
            }
            entries.emplace_back(event.product.value, event.weight);
            latest = event.time;
        }
        append(entries, latest, sessions);
        sessions.offsets.push_back(sessions.size());
    }
    sessions.products.num_rows = sessions.size();
    return sessions;
}

}  // namespace attune
