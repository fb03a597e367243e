#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/progress.hpp"

namespace attune {

/// How far a stage of work is.
struct StageProgress {
    std::string_view stage;
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0: unknown
    double seconds = 0;       ///< since the stage began
};

/// One line about it that is shorter than `width`, so that no terminal breaks it: the bar shrinks
/// first, then it goes, then the end of the line is cut off.
std::string progress_line(const StageProgress& progress, std::size_t width);

/// A bar on standard error when that is a terminal, nothing otherwise. Cancelled by Ctrl-C.
class ProgressBar final : public Progress {
 public:
    explicit ProgressBar(bool show);
    ~ProgressBar() override;

    void begin(std::string_view stage, std::uint64_t total) override;
    void advance(std::uint64_t done) override;
    void end() override;
    [[nodiscard]] bool cancelled() const override;

 private:
    void draw();
    void clear() const;

    bool show_;
    std::string stage_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point drawn_;
};

/// From now on Ctrl-C and SIGTERM ask running work to stop; a second one ends the program.
void catch_interrupts();

}  // namespace attune
