#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "storage/stores.hpp"

namespace attune {

/// A database of which it is known whether it reads and takes writes, as somebody must be told when
/// its disk is full. What it refuses (kUnavailable) is noticed at once; from then on, and when
/// nothing was refused for a while, a thread tries a small read and a small write of its own. Only
/// they tell that it works again: a write that changes nothing succeeds on a full disk too.
///
/// @threads  every member may be called from many threads, but for `start` and `stop`
class WatchedDatabase final : public Database {
 public:
    struct Options {
        std::chrono::milliseconds retry_every{1'000};   ///< while something is refused
        std::chrono::milliseconds check_every{30'000};  ///< while nothing is
    };

    WatchedDatabase(std::unique_ptr<Database> real, const Options& options);
    /// As `stop`.
    ~WatchedDatabase() override;
    WatchedDatabase(const WatchedDatabase&) = delete;
    WatchedDatabase& operator=(const WatchedDatabase&) = delete;

    /// Begins to try writes.
    /// @param tell  for people: that writes are refused and why, and that they work again
    void start(std::function<void(const std::string&)> tell);
    void stop();

    /// Why the latest write was refused; none: writes work, as far as is known.
    [[nodiscard]] std::optional<Error> refusal() const;
    /// Why the latest read failed; none: reads work, as far as is known. Neither waits for the
    /// store, which may be busy.
    [[nodiscard]] std::optional<Error> read_failure() const;

    Status read(const std::function<Status(Stores&)>& work) override;
    Status write(const std::function<Status(Stores&)>& work) override;
    Result<std::uint64_t> revision() override { return real_->revision(); }
    Status backup(const std::filesystem::path& path, Progress& progress) override {
        return real_->backup(path, progress);
    }

 private:
    void watch();
    void try_a_read();
    void try_a_write();
    void note_refusal(const Error& error);
    void note_read_failure(const Error& error);

    std::unique_ptr<Database> real_;
    Options options_;
    std::function<void(const std::string&)> tell_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Error> refusal_;
    std::optional<Error> read_failure_;
    bool told_ = false;  ///< of the refusal
    bool stopping_ = false;
    std::uint64_t num_tries_ = 0;  ///< of the thread alone
    std::thread thread_;
};

}  // namespace attune
