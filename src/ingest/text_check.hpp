#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/result.hpp"

namespace attune {

struct BadByte {
    std::size_t offset = 0;
    bool is_nul = false;  ///< otherwise it starts what is no UTF-8
};

/// The first byte that text does not have: NUL, or one that breaks UTF-8.
std::optional<BadByte> find_bad_byte(std::string_view text);

/// "a NUL byte" or "the byte 0xE9, which is not UTF-8; save the file as UTF-8".
std::string describe(const BadByte& bad, std::string_view text);

/// Refuses a file that starts with the byte order mark of UTF-16 or UTF-32.
/// @errors kMalformedText
Status check_byte_order_mark(std::string_view start);

inline constexpr std::string_view kUtf8ByteOrderMark = "\xEF\xBB\xBF";

/// Without white space (no-break spaces included) at either end.
std::string_view trim(std::string_view text);

}  // namespace attune
