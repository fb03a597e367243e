#pragma once

#include "core/progress.hpp"

namespace attune {

/// Shows what it is told and never cancels: for work that must be finished once it has begun.
///
/// @lifetime borrows the progress
class UncancellableProgress final : public Progress {
 public:
    explicit UncancellableProgress(Progress& progress) : progress_(progress) {}
    void begin(std::string_view stage, std::uint64_t total) override {
        progress_.begin(stage, total);
    }
    void advance(std::uint64_t done) override { progress_.advance(done); }
    void end() override { progress_.end(); }
    [[nodiscard]] bool cancelled() const override { return false; }

 private:
    Progress& progress_;
};

}  // namespace attune
