#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/config.hpp"

namespace attune {

inline Setting whole(std::string key, std::int64_t value, double minimum, double maximum,
                     std::string help) {
    return {std::move(key), value, std::move(help), minimum, maximum};
}

inline Setting real(std::string key, double value, double minimum, double maximum,
                    std::string help) {
    return {std::move(key), value, std::move(help), minimum, maximum};
}

inline Setting flag(std::string key, bool value, std::string help) {
    return {std::move(key), value, std::move(help)};
}

inline Setting text(std::string key, std::string value, std::string help) {
    return {std::move(key), std::move(value), std::move(help)};
}

/// A count as the default of a setting, whose whole numbers are signed.
inline std::int64_t whole_number(std::size_t value) {
    return static_cast<std::int64_t>(value);
}

/// The value of a setting that is a count.
/// @pre a key of the schema whose minimum is not negative
inline std::size_t size_of(const Config& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

}  // namespace attune
