#pragma once

#include <map>
#include <string>
#include <variant>

namespace attune {

/// A free attribute of a customer or a product.
using AttributeValue = std::variant<bool, double, std::string>;
using Attributes = std::map<std::string, AttributeValue, std::less<>>;

/// "yes"/"no", the shortest decimal form, or the text itself.
std::string format_attribute(const AttributeValue& value);

}  // namespace attune
