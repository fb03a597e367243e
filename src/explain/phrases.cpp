#include "explain/phrases.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/assert.hpp"

namespace attune {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Character {
    std::uint32_t code = 0;
    std::size_t num_bytes = 0;  ///< 0: invalid here
};

Character decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
    std::uint32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < kSmallest[size] || code > 0x10FFFF || surrogate) return {};
    return {code, size};
}

bool is_blank(std::uint32_t code) {
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || code == 0x2028 ||
           code == 0x2029;
}

/// Control characters, and marks by which a text could be shown in another order than it has.
bool is_dropped(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x200E || code == 0x200F ||
           code == 0x61C || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

std::string cut(std::string text, std::size_t max_bytes) {
    constexpr std::string_view kDots = "...";
    if (text.size() <= max_bytes) return text;
    std::size_t end = max_bytes - kDots.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    // At the end of a word, unless that would take most of the text: not every script has blanks.
    const std::size_t blank = text.rfind(' ', end);
    if (blank != std::string::npos && blank >= end / 2) end = blank;
    text.resize(end);
    constexpr std::string_view kDangling = " ,;:-(";
    while (!text.empty() && kDangling.find(text.back()) != std::string_view::npos) text.pop_back();
    return text.append(kDots);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Printable ASCII with single blanks inside: one line as it stands.
bool is_one_plain_line(std::string_view text) {
    bool after_blank = true;
    for (const char c : text) {
        if (c < ' ' || c > '~' || (c == ' ' && after_blank)) return false;
        after_blank = c == ' ';
    }
    return text.empty() || !after_blank;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t max_bytes) {
    ATTUNE_ASSERT(max_bytes >= 3);
    if (is_one_plain_line(text)) return cut(std::string(text), max_bytes);
    std::string line;
    bool blank_before = false;
    while (!text.empty()) {
        const Character character = decode(text);
        const std::size_t num_bytes = std::max<std::size_t>(character.num_bytes, 1);
        const std::string_view bytes = text.substr(0, num_bytes);
        text.remove_prefix(num_bytes);
        if (character.num_bytes == 0) continue;
        if (is_blank(character.code)) {
            blank_before = true;
            continue;
        }
        if (is_dropped(character.code)) continue;
        if (blank_before && !line.empty()) line += ' ';
        blank_before = false;
        line += bytes;
    }
    return cut(std::move(line), max_bytes);
}

Result<Names> Names::parse(std::string_view text) {
    Names names;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const std::size_t equals = line.find('=');
        const std::string_view key = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            return fail(ErrorCode::kInvalidArgument,
                        "line {}: '{}' is not of the form 'ID = how it reads'", number,
                        line.substr(0, 64));
        }
        const std::string_view value = trimmed(line.substr(equals + 1));
        if (!names.entries_.emplace(key, value).second) {
            return fail(ErrorCode::kInvalidArgument, "line {}: '{}' stands there twice", number,
                        key);
        }
    }
    return names;
}

std::string Names::humanised(std::string_view id) const {
    if (const auto found = entries_.find(id); found != entries_.end()) return found->second;
    // "AU", "AUD" and "9.00 AUD" are no words in capitals.
    constexpr std::size_t kLongestCode = 3;
    const bool stays =
        id.size() <= kLongestCode || id.find(' ') != std::string_view::npos ||
        std::any_of(id.begin(), id.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    std::string words(id);
    for (char& c : words) {
        if (c == '_') c = ' ';
        if (!stays && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return words;
}

std::string Names::day(Timestamp time) const {
    const std::string date = format_date(time);  // 2011-11-09
    const int month = std::stoi(date.substr(5, 2));
    const int day_of_month = std::stoi(date.substr(8, 2));
    const auto found = entries_.find(fmt::format("month.{}", month));
    const std::string_view name = found != entries_.end()
                                      ? std::string_view(found->second)
                                      : kMonths.at(static_cast<std::size_t>(month - 1));
    return fmt::format("{} {} {}", day_of_month, name, date.substr(0, 4));
}

std::string Names::percentage(double share) const {
    const double percent = std::max(share * 100, 0.1);
    return localised(percent >= 9.95 ? fmt::format("{:.0f}", percent)
                                     : fmt::format("{:.1f}", percent)) +
           " %";
}

std::string Names::times(double lift) const {
    return localised(fmt::format("{:.1f}", lift));
}

std::string Names::localised(std::string number) const {
    const auto found = entries_.find("number.decimal_point");
    const std::size_t point = number.find('.');
    if (found == entries_.end() || point == std::string::npos) return number;
    return number.replace(point, 1, found->second);
}

}  // namespace attune
