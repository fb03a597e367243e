#include "domain/attributes.hpp"

#include <fmt/core.h>

namespace attune {

std::string format_attribute(const AttributeValue& value) {
    if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "yes" : "no";
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    return std::get<std::string>(value);
}

}  // namespace attune
