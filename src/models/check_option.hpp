#pragma once

#include <string_view>

#include "core/result.hpp"

namespace attune {

/// @errors kInvalidArgument: `value` is a NaN or not in minimum..maximum; names the model, the
///         option, the value and the range
inline Status check_option(std::string_view model, std::string_view option, double value,
                           double minimum, double maximum) {
    if (value >= minimum && value <= maximum) return {};
    return fail(ErrorCode::kInvalidArgument, "{}: {} is {}; it may be {} to {}", model, option,
                value, minimum, maximum);
}

}  // namespace attune
