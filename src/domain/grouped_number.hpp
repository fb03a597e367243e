#pragma once

#include <optional>
#include <string_view>

namespace attune {

/// Reads "1234.56", "-3", "$50,000" or "1,234,567.8": commas only between groups of three digits
/// before the point, so that "12,5", which is twelve and a half elsewhere, is refused and not read
/// as 125. Blanks around it and a leading $ are passed over.
/// @return none when it is no such number or not finite
std::optional<double> parse_grouped_number(std::string_view text);

}  // namespace attune
