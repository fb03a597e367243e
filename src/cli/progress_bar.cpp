#include "cli/progress_bar.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace attune {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kLeastBarWidth = 5;
constexpr std::size_t kUsualTerminalWidth = 80;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
    interrupted = true;
    std::signal(signal, SIG_DFL);
}

std::size_t terminal_width() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kUsualTerminalWidth;
}

}  // namespace

std::string progress_line(const StageProgress& progress, std::size_t width) {
    const std::size_t most = std::max<std::size_t>(width, 1) - 1;
    std::string line(progress.stage);
    if (progress.total == 0) {
        line += fmt::format("  {}  {:.0f} s", progress.done, progress.seconds);
    } else {
        const double share =
            std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
        const std::string figures =
            fmt::format("  {:3.0f} %  {:.0f} s", share * 100, progress.seconds);
        const std::size_t others = line.size() + figures.size() + std::string_view("  []").size();
        const std::size_t bar = std::min(kBarWidth, most - std::min(most, others));
        if (bar >= kLeastBarWidth) {
            const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar));
            line +=
                fmt::format("  [{}{}]", std::string(filled, '#'), std::string(bar - filled, '.'));
        }
        line += figures;
    }
    return line.substr(0, most);
}

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
    // Asked each time, for a window may change.
    const std::string line =
        progress_line({stage_, done_, total_, elapsed.count()}, terminal_width());
    fmt::print(stderr, "\r\033[K{}", line);
    std::fflush(stderr);
}

void ProgressBar::clear() const {
    if (show_ && !stage_.empty()) fmt::print(stderr, "\r\033[K");
}

}  // namespace attune
