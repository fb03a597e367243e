#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/listing.hpp"

namespace attune {

/// Work that goes on in the background.
struct JobRecord {
    std::string id{};
    std::string kind{};
    std::string state{};
    std::string created_by{};
    Timestamp created_at{};
    std::optional<Timestamp> started_at{};
    std::optional<Timestamp> ended_at{};
    std::string document{};  ///< JSON, as the caller made it: progress, error, result

    friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

/// Nothing here counts as a change of the data that models are trained on: Database::revision()
/// stays.
class JobStore {
 public:
    virtual ~JobStore() = default;
    /// Adds the job or replaces it. @errors kInvalidArgument: an empty id
    virtual Status put(const JobRecord& job) = 0;
    /// @errors kNotFound
    virtual Result<JobRecord> get(std::string_view id) = 0;
    /// By the time of creation, newest first; `customer_id` has no meaning here.
    virtual Result<std::vector<JobRecord>> list(const NewestFirst& page) = 0;
    /// Those that have not ended, oldest first.
    virtual Result<std::vector<JobRecord>> unfinished() = 0;
    /// At most `limit` of those that ended before `time`, the first to end first.
    virtual Result<std::vector<JobRecord>> ended_before(Timestamp time, std::size_t limit) = 0;
    /// Removes these; ids that are not there are passed over. Returns how many were.
    virtual Result<std::size_t> remove(std::span<const std::string> ids) = 0;
};

}  // namespace attune
