#include "evaluation/report_parts.hpp"

namespace attune {

std::string format_count(std::size_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t end = digits.size(); end > 3;) {
        end -= 3;
        digits.insert(end, ",");
    }
    return digits;
}

std::string format_moment(Timestamp time) {
    return time.ms % kMsPerDay == 0 ? format_date(time) : format_timestamp(time);
}

std::string format_interval(const Estimate& estimate, int decimals) {
    if (!estimate.interval) return {};
    return fmt::format("{:.{}f} to {:.{}f}", estimate.interval->low, decimals,
                       estimate.interval->high, decimals);
}

std::string format_parameters(const Trial& trial) {
    std::string text;
    for (const auto& [name, value] : trial.parameters) {
        if (!text.empty()) text += ", ";
        text += name + " " + value;
    }
    return text.empty() ? "none" : text;
}

void set_text(kainjow::mustache::data& data, const std::string& name, const std::string& text) {
    if (text.empty()) {
        data.set(name, kainjow::mustache::data{false});
    } else {
        data.set(name, text);
    }
}

int bars_height(std::size_t num_bars) {
    constexpr int kBarPixels = 34;
    constexpr int kAxisPixels = 64;
    return kBarPixels * static_cast<int>(num_bars) + kAxisPixels;
}

}  // namespace attune
