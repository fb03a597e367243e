#pragma once

#include <cstdint>
#include <string_view>

namespace attune {

/// How long work tells how far it is, and learns that it should stop.
/// Called from one thread at a time.
class Progress {
 public:
    virtual ~Progress() = default;
    /// A new stage with `total` units of work, 0 when unknown.
    virtual void begin(std::string_view stage, std::uint64_t total) = 0;
    /// `done` units of the stage are behind us.
    virtual void advance(std::uint64_t done) = 0;
    virtual void end() = 0;
    /// True once the work was asked to stop; long loops look at it and return kCancelled.
    [[nodiscard]] virtual bool cancelled() const = 0;
};

/// A stage that ends when it goes out of scope, on an error too.
///
/// @lifetime borrows the progress
class ProgressStage {
 public:
    ProgressStage(Progress& progress, std::string_view name, std::uint64_t total)
        : progress_(progress) {
        progress_.begin(name, total);
    }
    ~ProgressStage() { progress_.end(); }
    ProgressStage(const ProgressStage&) = delete;
    ProgressStage& operator=(const ProgressStage&) = delete;

    void advance(std::uint64_t done) const { progress_.advance(done); }
    [[nodiscard]] bool cancelled() const { return progress_.cancelled(); }

 private:
    Progress& progress_;
};

/// Shows nothing and never cancels.
class NullProgress final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return false; }
};

}  // namespace attune
