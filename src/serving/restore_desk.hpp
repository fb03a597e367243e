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
    /// Takes back what was asked for by a job; none: it was taken on already.
    std::optional<RestoreRequest> withdraw();
    /// Why what a job asked for was taken on and not begun, once; none: it was not refused.
    std::optional<Error> refusal(const std::string& job);
    /// What was asked for, once: it is taken on now.
    std::optional<RestoreRequest> take();
    /// What was taken on is not begun: who asked is told why. Nobody needs the copy any more.
    void refuse(const RestoreRequest& request, const Error& why);
    /// Tells a program beside the service what became of its request; a job is told otherwise.
    /// @errors the file cannot be written
    Status answer(const RestoreRequest& request, const Status& outcome) const;

 private:
    [[nodiscard]] std::optional<RestoreRequest> take_file() const;
    [[nodiscard]] Status write_answer(bool taken, const Status& outcome) const;

    std::filesystem::path database_;
    std::mutex mutex_;
    std::optional<RestoreRequest> asked_;
    std::string refused_job_;
    Error refusal_;
};

/// How long a program waits for the service.
struct HandOverTimes {
    std::chrono::milliseconds until_taken{5'000};
    std::chrono::milliseconds until_done{300'000};
};

/// What became of a request that was handed over.
struct HandOver {
    bool taken = false;  ///< a service took it on, and removes the copy where it is not restored
    Status outcome;      ///< kUnavailable of one that was taken on: it did not end in time
};

/// Asks the service that runs on a database to finish the restore that was staged, and waits for
/// it.
/// @errors kNotFound: no service took it on; kCancelled: nor should any
HandOver hand_over_restore(const std::filesystem::path& database_file,
                           const RestoreRequest& request, const HandOverTimes& times,
                           const Progress& progress);

}  // namespace attune
