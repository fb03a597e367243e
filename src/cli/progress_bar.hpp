#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "core/progress.hpp"

namespace attune {

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
