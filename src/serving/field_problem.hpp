#pragma once

#include <string>

#include "core/result.hpp"

namespace attune {

/// What is wrong with one field of what was sent.
struct FieldProblem {
    std::string field;  ///< "events[3].customer_id"; "" where it is none in particular
    std::string message;
    ErrorCode code = ErrorCode::kInvalidArgument;
};

}  // namespace attune
