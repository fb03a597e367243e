#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"

namespace attune {

/// Whether it is UTF-8 without control characters, as all decoded text must be.
inline bool is_plain_text(const std::string& text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    }
    try {
        return !nlohmann::json(text).dump().empty();
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

/// Every byte percent-encoded: the one spelling that no reader can take for something else.
inline std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 0xF];
    }
    return encoded;
}

}  // namespace attune
