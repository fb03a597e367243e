#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// The name of an account as it is stored: in lower case, without blanks around it.
std::string fold_account_name(std::string_view name);

/// @errors kInvalidArgument: not 1 to 64 of a-z 0-9 . _ - @
Status check_account_name(std::string_view name);

}  // namespace attune
