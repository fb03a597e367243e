#include "core/result.hpp"

#include <array>

namespace attune {
namespace {

struct CodeRow {
    ErrorCode code;
    std::string_view name;
    int exit_code;
    int http_status;
};

// Exit status 0 is success and 1 is left to crashes; every kind has its own from 2 up.
constexpr std::array kCodes{
    CodeRow{ErrorCode::kInvalidArgument, "invalid_argument", 2, 400},
    CodeRow{ErrorCode::kNotFound, "not_found", 3, 404},
    CodeRow{ErrorCode::kConflict, "conflict", 4, 409},
    CodeRow{ErrorCode::kCorrupt, "corrupt", 5, 500},
    CodeRow{ErrorCode::kUnavailable, "unavailable", 6, 503},
    CodeRow{ErrorCode::kForbidden, "forbidden", 7, 403},
    CodeRow{ErrorCode::kInternal, "internal", 8, 500},
    CodeRow{ErrorCode::kNewerFormat, "newer_format", 9, 409},
    CodeRow{ErrorCode::kEmptyInput, "empty_input", 10, 422},
    CodeRow{ErrorCode::kNotAFile, "not_a_file", 11, 422},
    CodeRow{ErrorCode::kMalformedText, "malformed_text", 12, 422},
    CodeRow{ErrorCode::kLimitExceeded, "limit_exceeded", 13, 413},
    CodeRow{ErrorCode::kExpansionLimit, "expansion_limit", 14, 413},
    CodeRow{ErrorCode::kCancelled, "cancelled", 15, 499},
    CodeRow{ErrorCode::kUnauthenticated, "unauthenticated", 16, 401},
    CodeRow{ErrorCode::kTooManyRequests, "too_many_requests", 17, 429},
};

const CodeRow& row_of(ErrorCode code) {
    for (const CodeRow& row : kCodes) {
        if (row.code == code) return row;
    }
    return kCodes[6];
}

}  // namespace

std::string_view error_code_name(ErrorCode code) {
    return row_of(code).name;
}

int exit_code(ErrorCode code) {
    return row_of(code).exit_code;
}

int http_status(ErrorCode code) {
    return row_of(code).http_status;
}

Error Error::at(std::string_view where) const {
    return Error{code, fmt::format("{}: {}", where, message)};
}

Error Error::calling(std::string_view path, std::string_view name) const {
    Error error{code, {}};
    std::string_view rest = message;
    for (auto found = rest.find(path); !path.empty() && found != std::string_view::npos;
         found = rest.find(path)) {
        error.message.append(rest.substr(0, found)).append(name);
        rest.remove_prefix(found + path.size());
    }
    error.message.append(rest);
    return error;
}

}  // namespace attune
