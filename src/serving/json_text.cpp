#include "serving/json_text.hpp"

#include <array>
#include <cstdint>

namespace attune {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes of the UTF-8 character that begins `text`; 0: it is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) {
        return i < text.size() && byte(i) >= 0x80 && byte(i) < 0xC0;
    };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead < 0xF0) {
        if (!continues(1) || !continues(2)) return 0;
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead >= 0xF0 && lead < 0xF5) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool too_high = lead == 0xF4 && byte(1) >= 0x90;
        return overlong || too_high ? 0 : 4;
    }
    return 0;
}

bool is_plain(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
           c != '"' && c != '\\';
}

void append(std::string_view text, fmt::memory_buffer& target) {
    target.append(text.data(), text.data() + text.size());
}

void append_escaped(char c, fmt::memory_buffer& target) {
    switch (c) {
        case '"':
            return append("\\\"", target);
        case '\\':
            return append("\\\\", target);
        case '\n':
            return append("\\n", target);
        case '\r':
            return append("\\r", target);
        case '\t':
            return append("\\t", target);
        default:
            fmt::format_to(fmt::appender(target), "\\u{:04x}", static_cast<unsigned char>(c));
    }
}

}  // namespace

void append_json_string(std::string_view text, fmt::memory_buffer& target) {
    target.push_back('"');
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        append(text.substr(0, plain), target);
        text.remove_prefix(plain);
        if (text.empty()) break;
        std::size_t taken = 1;
        if (static_cast<unsigned char>(text[0]) < 0x80) {
            append_escaped(text[0], target);
        } else if (const std::size_t length = character_length(text); length > 0) {
            append(text.substr(0, length), target);
            taken = length;
        } else {
            append(kReplacement, target);
        }
        text.remove_prefix(taken);
    }
    target.push_back('"');
}

}  // namespace attune
