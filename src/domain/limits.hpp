#pragma once

#include <cstddef>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

inline constexpr std::size_t kMaxIdBytes = 200;

/// @errors kInvalidArgument: empty, blanks only, longer than kMaxIdBytes, or with control
/// characters
Status validate_id(std::string_view field, std::string_view id);

/// @errors kInvalidArgument: before 1900 or after 2200
Status validate_time(std::string_view field, Timestamp time);

}  // namespace attune
