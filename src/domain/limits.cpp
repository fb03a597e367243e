#include "domain/limits.hpp"

#include <algorithm>

namespace attune {
namespace {

/// Spaces and no-break spaces, which spreadsheets like, only.
bool is_blank(std::string_view text) {
    constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
    while (!text.empty()) {
        if (text.front() == ' ')
            text.remove_prefix(1);
        else if (text.starts_with(kNoBreakSpace))
            text.remove_prefix(kNoBreakSpace.size());
        else
            return false;
    }
    return true;
}

}  // namespace

Status validate_id(std::string_view field, std::string_view id) {
    if (id.empty()) return fail(ErrorCode::kInvalidArgument, "{} is empty", field);
    if (is_blank(id)) {
        return fail(ErrorCode::kInvalidArgument, "{} '{}' is made of blanks only", field, id);
    }
    if (id.size() > kMaxIdBytes) {
        return fail(ErrorCode::kInvalidArgument, "{} has {} bytes, at most {} are allowed", field,
                    id.size(), kMaxIdBytes);
    }
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(id.begin(), id.end(), control)) {
        return fail(ErrorCode::kInvalidArgument, "{} contains control characters", field);
    }
    return {};
}

Status validate_time(std::string_view field, Timestamp time) {
    static const Timestamp first = from_calendar_day(1900, 1, 1);
    static const Timestamp last = from_calendar_day(2200, 1, 1);
    if (time < first || time > last) {
        return fail(ErrorCode::kInvalidArgument, "{} {} is not between 1900 and 2200", field,
                    format_timestamp(time));
    }
    return {};
}

}  // namespace attune
