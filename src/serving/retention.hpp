#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

namespace attune {

/// How long one kind of record is kept.
struct RetentionRule {
    std::string name;            ///< "decisions": for the log and the metric
    std::chrono::hours keep{0};  ///< 0: for ever
    /// Removes at most `limit` of those before `time`, the oldest first; returns how many.
    std::function<Result<std::size_t>(Timestamp time, std::size_t limit)> purge;
};

struct RetentionOptions {
    std::chrono::milliseconds interval{600'000};
    std::size_t per_write = 500;
    /// Between two writes, so that those of requests that came meanwhile go first.
    std::chrono::milliseconds pause{20};
};

/// Removes what was kept long enough, now and then and a little at a time: one write removes at
/// most `per_write` records, so that no request waits long behind it.
///
/// @threads  every member may be called from many threads, but for `start` and `stop`
class RetentionSweep {
 public:
    /// @param log  a line for people: what was removed, or why it was not
    /// @lifetime   borrows the clock, and what the rules borrow
    RetentionSweep(std::vector<RetentionRule> rules, const Clock& clock,
                   const RetentionOptions& options, std::function<void(const std::string&)> log);
    /// As `stop`.
    ~RetentionSweep();
    RetentionSweep(const RetentionSweep&) = delete;
    RetentionSweep& operator=(const RetentionSweep&) = delete;

    /// Sweeps at once and then every `interval`, on a thread of its own.
    void start();
    /// Waits for the write that is under way and does no more.
    void stop();

    /// Removes all that is due. What cannot be removed now is told to the log and left to the next
    /// time; the other rules go on.
    void sweep();

    /// Removed by the rule of that name since the start; 0 without such a rule.
    [[nodiscard]] std::uint64_t num_removed(std::string_view rule_name) const;

 private:
    void work();
    void apply(std::size_t rule_index);
    bool wait(std::chrono::milliseconds time);

    std::vector<RetentionRule> rules_;
    const Clock& clock_;
    RetentionOptions options_;
    std::function<void(const std::string&)> log_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> num_removed_;  ///< by rule
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

/// What the configuration says of records that serving keeps: answers to idempotency keys and
/// decisions.
/// @lifetime  the rules borrow the database
std::vector<RetentionRule> store_retention_rules(Database& database, const Config& config);

/// Files of a folder that were last written to before the time: uploads whose import was killed.
RetentionRule uploads_retention_rule(const std::filesystem::path& folder, const Config& config);

RetentionOptions retention_options(const Config& config);

}  // namespace attune
