#include "cli/progress_bar.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace attune {
namespace {

constexpr int kBarWidth = 30;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
    interrupted = true;
    std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

ProgressBar::ProgressBar(bool show) : show_(show && ::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::begin(std::string_view stage, std::uint64_t total) {
    stage_ = stage;
    total_ = total;
    done_ = 0;
    started_ = std::chrono::steady_clock::now();
    draw();
}

void ProgressBar::advance(std::uint64_t done) {
    done_ = done;
    if (std::chrono::steady_clock::now() - drawn_ >= kRedrawInterval) draw();
}

void ProgressBar::end() {
    clear();
    stage_.clear();
}

bool ProgressBar::cancelled() const {
    return interrupted;
}

void ProgressBar::draw() {
    if (!show_ || stage_.empty()) return;
    drawn_ = std::chrono::steady_clock::now();
    const std::chrono::duration<double> elapsed = drawn_ - started_;
    if (total_ == 0) {
        fmt::print(stderr, "\r\033[K{}  {}  {:.0f} s", stage_, done_, elapsed.count());
    } else {
        const double share =
            std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
        const int filled = static_cast<int>(share * kBarWidth);
        fmt::print(stderr, "\r\033[K{}  [{:#<{}}{:.<{}}] {:3.0f} %  {:.0f} s", stage_, "", filled,
                   "", kBarWidth - filled, share * 100, elapsed.count());
    }
    std::fflush(stderr);
}

void ProgressBar::clear() const {
    if (show_ && !stage_.empty()) fmt::print(stderr, "\r\033[K");
}

}  // namespace attune
