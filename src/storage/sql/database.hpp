#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "storage/sql/write_queue.hpp"

namespace attune {

/// How a back end copies its database to a file.
using BackUp = std::function<Status(const std::filesystem::path&, Progress&)>;

/// A database behind soci: one writer and a few sessions to read.
class SqlDatabase final : public Database {
 public:
    /// @param writer  none: every write is refused
    SqlDatabase(std::unique_ptr<SqlSession> writer,
                std::vector<std::unique_ptr<SqlSession>> readers, BackUp back_up,
                const DatabaseOptions& options);

    Status read(const std::function<Status(Stores&)>& work) override;
    Status write(const std::function<Status(Stores&)>& work) override;
    Result<std::uint64_t> revision() override;
    Status backup(const std::filesystem::path& path, Progress& progress) override;

 private:
    /// Lends a session to read, waiting for one that is free.
    class Lease;

    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<SqlSession>> free_readers_;
    BackUp back_up_;
    // Last, so that its thread ends first. None: opened to be read only.
    std::unique_ptr<WriteQueue> writes_;
};

}  // namespace attune
