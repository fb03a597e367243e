#pragma once

#include <atomic>

#include "storage/stores.hpp"

namespace attune {

/// A real database whose writes fail while it is told so: before their work, or after it as when
/// the disk fills up at the commit. And so do as many reads as it is told.
class FailingDatabase final : public Database {
 public:
    enum class Fails { kNowhere, kBeforeWork, kAtCommit };

    explicit FailingDatabase(Database& real) : real_(real) {}

    void set(Fails fails) { fails_.store(fails); }

    void fail_reads(int count) { reads_to_fail_.store(count); }

    Status read(const std::function<Status(Stores&)>& work) override {
        if (reads_to_fail_.fetch_sub(1) > 0)
            return fail(ErrorCode::kUnavailable, "the disk is gone");
        return real_.read(work);
    }
    Status write(const std::function<Status(Stores&)>& work) override {
        const Fails fails = fails_.load();
        if (fails == Fails::kBeforeWork) return fail(ErrorCode::kUnavailable, "the disk is full");
        return real_.write([&](Stores& stores) -> Status {
            ATTUNE_TRY(work(stores));
            if (fails == Fails::kAtCommit) {
                return fail(ErrorCode::kUnavailable, "the disk is full");
            }
            return {};
        });
    }
    Result<std::uint64_t> revision() override { return real_.revision(); }
    Status backup(const std::filesystem::path& path, Progress& progress) override {
        return real_.backup(path, progress);
    }

 private:
    Database& real_;
    std::atomic<Fails> fails_{Fails::kNowhere};
    std::atomic<int> reads_to_fail_{0};
};

}  // namespace attune
