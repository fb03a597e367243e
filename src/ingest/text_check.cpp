#include "ingest/text_check.hpp"

#include <simdjson.h>

#include <cstring>
#include <string>

namespace attune {
namespace {

/// Bytes of the UTF-8 sequence that `text` starts with, 0 when it is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i, unsigned low, unsigned high) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1, 0x80, 0xBF) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        // No overlong forms and no surrogates.
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return tail(1, low, high) && tail(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return tail(1, low, high) && tail(2, 0x80, 0xBF) && tail(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

std::size_t first_invalid(std::string_view text) {
    std::size_t offset = 0;
    while (offset < text.size()) {
        const std::size_t length = sequence_length(text.substr(offset));
        if (length == 0) break;
        offset += length;
    }
    return offset;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view text) {
    const std::size_t nul = text.find('\0');
    const std::string_view before = text.substr(0, nul);
    if (!simdjson::validate_utf8(before.data(), before.size())) {
        return BadByte{.offset = first_invalid(before), .is_nul = false};
    }
    if (nul != std::string_view::npos) return BadByte{.offset = nul, .is_nul = true};
    return std::nullopt;
}

std::string describe(const BadByte& bad, std::string_view text) {
    if (bad.is_nul) return "a NUL byte, which no text has";
    return fmt::format("the byte 0x{:02X}, which is not UTF-8; save the file as UTF-8",
                       static_cast<unsigned char>(text[bad.offset]));
}

Status check_byte_order_mark(std::string_view start) {
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF") ||
        start.starts_with(std::string_view("\0\0\xFE\xFF", 4))) {
        return fail(ErrorCode::kMalformedText, "is UTF-16 or UTF-32 text; save it as UTF-8");
    }
    return {};
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n\v\f";
    constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
    while (true) {
        const std::size_t size = text.size();
        if (!text.empty() && kSpaces.find(text.front()) != std::string_view::npos) {
            text.remove_prefix(1);
        } else if (text.starts_with(kNoBreakSpace)) {
            text.remove_prefix(2);
        }
        if (!text.empty() && kSpaces.find(text.back()) != std::string_view::npos) {
            text.remove_suffix(1);
        } else if (text.ends_with(kNoBreakSpace)) {
            text.remove_suffix(2);
        }
        if (text.size() == size) return text;
    }
}

}  // namespace attune
