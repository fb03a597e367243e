#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// An amount in minor units (cents) of an ISO 4217 currency with two decimals.
struct Money {
    std::int64_t minor = 0;
    std::array<char, 3> currency{'E', 'U', 'R'};

    [[nodiscard]] std::string_view currency_code() const { return {currency.data(), 3}; }
    [[nodiscard]] double major() const { return static_cast<double>(minor) / 100.0; }

    friend bool operator==(const Money&, const Money&) = default;
};

/// Three capital letters.
/// @errors kInvalidArgument
Result<std::array<char, 3>> parse_currency(std::string_view text);

/// Reads "1234.56", "$50,000" or "-3" and rounds half away from zero to the minor unit. Commas are
/// thousands separators.
/// @errors kInvalidArgument: not a number, or beyond +-90 trillion
Result<Money> parse_money(std::string_view text, std::string_view currency);

/// The nearest minor unit. @errors kInvalidArgument: not finite or too large
Result<Money> money_from_major(double amount, std::string_view currency);

/// "1,234.56 EUR".
std::string format_money(const Money& money);

}  // namespace attune
