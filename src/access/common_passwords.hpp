#pragma once

#include <string_view>

namespace attune {

/// Whether a password is one of those that are tried first: a small list of what people choose when
/// twelve characters are asked for, and the shorter favourites said twice or with digits or an
/// exclamation mark after them.
/// @param lower  the password in lower case
bool is_common_password(std::string_view lower);

}  // namespace attune
