#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

namespace attune {

enum class JobState { kQueued, kRunning, kDone, kFailed, kCancelled };

std::string_view job_state_name(JobState state);  ///< "queued", "running", ...
/// @errors kInvalidArgument
Result<JobState> parse_job_state(std::string_view text);

/// How far a job is.
struct JobProgress {
    struct Stage {
        std::string name;
        std::uint64_t done = 0;
        std::uint64_t total = 0;  ///< 0: unknown

        friend bool operator==(const Stage&, const Stage&) = default;
    };
    std::vector<Stage> stages;  ///< the last one is under way; of many the newest
    static constexpr std::size_t kMostStages = 50;
};

/// A job as it stands.
struct Job {
    std::string id;
    std::string kind;
    JobState state = JobState::kQueued;
    std::string created_by;
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> ended_at;
    nlohmann::json parameters;
    JobProgress progress;
    std::optional<Error> error;
    nlohmann::json result;  ///< null until it is done
    std::string file;       ///< the name of what it wrote; empty: nothing

    [[nodiscard]] bool has_ended() const {
        return state != JobState::kQueued && state != JobState::kRunning;
    }
};

/// {"id", "kind", "state", "created_at", "started_at", "ended_at", "created_by", "parameters",
///  "progress": {"stage", "done", "total", "stages"}, "error"?, "result"?, "has_file"}
nlohmann::json to_json(const Job& job);

JobRecord to_record(const Job& job);
/// @errors kCorrupt: a record that to_record did not make
Result<Job> job_from_record(const JobRecord& record);

}  // namespace attune
