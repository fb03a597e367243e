#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "serving/file_lock.hpp"
#include "storage/restore.hpp"

namespace attune {

/// Asks that what was staged (storage/restore.hpp) takes the place of the database.
struct RestoreRequest {
    std::string source{};  ///< what is restored, for people
    PutAside earlier = PutAside::kKeep;
    std::string job{};         ///< that asks; empty: a program beside the service does
    std::string backup_job{};  ///< that wrote what is restored; empty: none of this service
    /// Of a job: held from staging to the end. A program holds its own until it is answered.
    std::shared_ptr<const FileLock> lock{};
};

/// Makes a restore the only one of a database for as long as the lock is held.
/// @errors kConflict: another one is at work; those of a file that cannot be made
Result<FileLock> lock_restore(const std::filesystem::path& database_file);

/// Where a running service is asked to restore: by a job of its own, or, through files beside the
/// database, by a program that may write there. Whoever runs the service looks for requests, stops
/// what uses the database, finishes the restore and starts again.
///
/// @threads every member may be called from many threads
class RestoreDesk {
 public:
    explicit RestoreDesk(std::filesystem::path database_file)
        : database_(std::move(database_file)) {}

    /// Refuses what a program asked for while no service ran.
    void refuse_earlier() const;
    /// For a job: replaces what was asked for before.
    void ask(RestoreRequest request);
    /// Takes back what was asked for by a job; false: it was taken on already.
    bool withdraw();
    /// What was asked for, once: it is taken on now.
    std::optional<RestoreRequest> take();
    /// Tells a program beside the service what became of its request; jobs are told otherwise.
    /// @errors the file cannot be written
    Status answer(const RestoreRequest& request, const Status& outcome) const;

 private:
    std::optional<RestoreRequest> take_file() const;

    std::filesystem::path database_;
    std::mutex mutex_;
    std::optional<RestoreRequest> asked_;
};

/// How long a program waits for the service.
struct HandOverTimes {
    std::chrono::milliseconds until_taken{5'000};
    std::chrono::milliseconds until_done{300'000};
};

/// Asks the service that runs on a database to finish the restore that was staged, and waits for
/// it.
/// @errors kNotFound: no service took the request; kCancelled: before it was taken; kUnavailable:
///         it was taken and did not end in time; those that the service answered. Only with the
///         first two the copy is not the service's to remove
Status hand_over_restore(const std::filesystem::path& database_file, const RestoreRequest& request,
                         const HandOverTimes& times, const Progress& progress);

}  // namespace attune
