#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "jobs/job.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Jobs in the store, and the files that they wrote. How a job ended is not lost while the store
/// takes no writes: it is held in memory and stored once it can be.
///
/// @threads every member may be called from many threads
class JobArchive {
 public:
    /// @lifetime borrows the database and the clock
    JobArchive(Database& database, const Clock& clock, std::filesystem::path files_folder)
        : database_(database), clock_(clock), files_folder_(std::move(files_folder)) {}

    Status keep(const Job& job);
    /// Of a job that has ended. @errors those of the store; the job is held then
    Status keep_end(const Job& job);
    /// Tries to store what is held.
    void store_held();
    [[nodiscard]] bool holds_some() const;
    /// Marks those that a former run of the program left unfinished as failed.
    Status fail_interrupted();

    /// @errors kNotFound
    Result<Job> get(const std::string& id) const;
    /// Newest first.
    Result<std::vector<Job>> list(const NewestFirst& page) const;

    /// Removes at most `limit` of the jobs that ended before `time`, the first to end first, with
    /// all that they wrote, whole or not; returns how many.
    Result<std::size_t> purge(Timestamp time, std::size_t limit);

 private:
    [[nodiscard]] std::optional<Job> held(const std::string& id) const;

    Database& database_;
    const Clock& clock_;
    std::filesystem::path files_folder_;
    mutable std::mutex mutex_;
    std::map<std::string, Job> held_;  ///< whose end the store refused
};

}  // namespace attune
