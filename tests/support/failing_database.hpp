#pragma once

#include <atomic>

#include "storage/stores.hpp"

namespace attune {

/// A real database whose writes fail while it is told so: before their work, or after it as when
/// the disk fills up at the commit. Reads too, which have no commit.
class FailingDatabase final : public Database {
 public:
    enum class Fails { kNowhere, kBeforeWork, kAtCommit };

    explicit FailingDatabase(Database& real) : real_(real) {}

    void set(Fails fails) { fails_.store(fails); }
    void set_reads(Fails fails) { reads_fail_.store(fails); }

    Status read(const std::function<Status(Stores&)>& work) override {
        if (reads_fail_.load() != Fails::kNowhere) {
            return fail(ErrorCode::kUnavailable, "the disk is gone");
        }
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
    std::atomic<Fails> reads_fail_{Fails::kNowhere};
};

}  // namespace attune
