#include "serving/restore_desk.hpp"

#include <thread>
#include <utility>

#include "core/binary_io.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kRequestKind = "restore-request";
constexpr std::string_view kAnswerKind = "restore-answer";
constexpr std::uint32_t kVersion = 1;
constexpr std::chrono::milliseconds kBetweenLooks{50};

fs::path request_file(fs::path database) {
    return database += ".restore-request";
}

fs::path answer_file(fs::path database) {
    return database += ".restore-answer";
}

bool remove_file(const fs::path& file) {
    std::error_code ignored;
    return fs::remove(file, ignored);
}

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

/// What a service wrote.
HandOver read_answer(const fs::path& file) {
    const auto payload = read_checked_file(file, kAnswerKind, kVersion);
    if (!payload) return {true, fail(payload.error())};
    BinaryReader reader(*payload);
    HandOver answer;
    answer.taken = reader.number<std::uint8_t>() != 0;
    const bool failed = reader.number<std::uint8_t>() != 0;
    const auto code = reader.number<std::int32_t>();
    const std::string message = reader.text();
    if (reader.failed()) {
        return {true, fail(ErrorCode::kCorrupt, "{}: is damaged", file.string())};
    }
    if (failed) answer.outcome = fail(Error{static_cast<ErrorCode>(code), message});
    return answer;
}

}  // namespace

Result<FileLock> lock_restore(const fs::path& database_file) {
    fs::path file = database_file;
    file += ".restore-lock";
    auto lock = FileLock::try_for(file);
    if (lock) {
        // For the account of the service too, whoever made it.
        std::error_code ignored;
        fs::permissions(file, static_cast<fs::perms>(0644), ignored);
        return lock;
    }
    if (lock.error().code != ErrorCode::kConflict) return lock;
    return fail(ErrorCode::kConflict, "{}: another restore is at work; wait for its end",
                database_file.string());
}

void RestoreDesk::refuse_earlier() const {
    if (!remove_file(request_file(database_))) return;
    (void)write_answer(
        false, fail(ErrorCode::kUnavailable, "{}: the service was just starting; restore again",
                    database_.string()));
}

void RestoreDesk::ask(RestoreRequest request) {
    const std::lock_guard lock(mutex_);
    asked_ = std::move(request);
}

std::optional<RestoreRequest> RestoreDesk::withdraw() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, std::nullopt);
}

std::optional<Error> RestoreDesk::refusal(const std::string& job) {
    const std::lock_guard lock(mutex_);
    if (refused_job_ != job) return std::nullopt;
    refused_job_.clear();
    return refusal_;
}

std::optional<RestoreRequest> RestoreDesk::take() {
    const std::lock_guard lock(mutex_);
    if (asked_) return std::exchange(asked_, std::nullopt);
    return take_file();
}

std::optional<RestoreRequest> RestoreDesk::take_file() const {
    const fs::path file = request_file(database_);
    if (!is_there(file)) return std::nullopt;
    const auto payload = read_checked_file(file, kRequestKind, kVersion);
    // Who asked takes it back where it is not taken on in time.
    if (!remove_file(file)) return std::nullopt;
    if (!payload) {
        (void)write_answer(false, fail(payload.error()));
        return std::nullopt;
    }
    BinaryReader reader(*payload);
    RestoreRequest request;
    request.source = reader.text();
    request.earlier = reader.number<std::uint8_t>() == 0 ? PutAside::kKeep : PutAside::kDrop;
    if (!reader.failed()) return request;
    (void)write_answer(false, fail(ErrorCode::kCorrupt, "{}: is damaged", file.string()));
    return std::nullopt;
}

void RestoreDesk::refuse(const RestoreRequest& request, const Error& why) {
    if (request.job.empty()) {
        (void)write_answer(false, fail(why));
        return;
    }
    const std::lock_guard lock(mutex_);
    refused_job_ = request.job;
    refusal_ = why;
}

Status RestoreDesk::answer(const RestoreRequest& request, const Status& outcome) const {
    return request.job.empty() ? write_answer(true, outcome) : Status();
}

Status RestoreDesk::write_answer(bool taken, const Status& outcome) const {
    BinaryWriter writer;
    writer.number<std::uint8_t>(taken ? 1 : 0);
    writer.number<std::uint8_t>(outcome ? 0 : 1);
    writer.number<std::int32_t>(outcome ? 0 : static_cast<std::int32_t>(outcome.error().code));
    writer.text(outcome ? std::string_view() : std::string_view(outcome.error().message));
    return write_checked_file(answer_file(database_), kAnswerKind, kVersion, writer.bytes());
}

HandOver hand_over_restore(const fs::path& database_file, const RestoreRequest& request,
                           const HandOverTimes& times, const Progress& progress) {
    const fs::path asked = request_file(database_file);
    const fs::path answered = answer_file(database_file);
    remove_file(answered);
    BinaryWriter writer;
    writer.text(request.source);
    writer.number<std::uint8_t>(request.earlier == PutAside::kKeep ? 0 : 1);
    const Status written = write_checked_file(asked, kRequestKind, kVersion, writer.bytes());
    if (!written) return {false, written};
    const auto began = Steady::now();
    while (is_there(asked)) {
        const bool late = Steady::now() - began > times.until_taken;
        if (!late && !progress.cancelled()) {
            std::this_thread::sleep_for(kBetweenLooks);
            continue;
        }
        // Whoever removes it has it.
        if (!remove_file(asked)) break;
        if (!late) return {false, fail(ErrorCode::kCancelled, "the restore was stopped")};
        return {false, fail(ErrorCode::kNotFound, "no service that runs on {} took the request",
                            database_file.string())};
    }
    while (!is_there(answered)) {
        if (Steady::now() - began > times.until_done) {
            return {true, fail(ErrorCode::kUnavailable,
                               "the service took the request and has not answered yet; its log "
                               "says what becomes of it")};
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
    HandOver answer = read_answer(answered);
    remove_file(answered);
    return answer;
}

}  // namespace attune
