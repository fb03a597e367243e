#include "domain/money.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "domain/grouped_number.hpp"

namespace attune {
namespace {

constexpr double kLargestMajor = 9e13;

}  // namespace

Result<std::array<char, 3>> parse_currency(std::string_view text) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() != 3 || !std::all_of(text.begin(), text.end(), capital)) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not a currency; write its ISO 4217 code, such as EUR",
                    text.substr(0, 16));
    }
    return std::array<char, 3>{text[0], text[1], text[2]};
}

Result<Money> money_from_major(double amount, std::string_view currency) {
    if (!std::isfinite(amount) || std::abs(amount) > kLargestMajor) {
        return fail(ErrorCode::kInvalidArgument, "the amount {} is out of range", amount);
    }
    ATTUNE_ASSIGN(const auto code, parse_currency(currency));
    return Money{std::llround(amount * 100), code};
}

Result<Money> parse_money(std::string_view text, std::string_view currency) {
    const auto amount = parse_grouped_number(text);
    if (!amount) {
        return fail(ErrorCode::kInvalidArgument, "'{}' is not an amount; write it as 1234.56",
                    text.substr(0, 64));
    }
    return money_from_major(*amount, currency);
}

std::string format_money(const Money& money) {
    const bool negative = money.minor < 0;
    const std::uint64_t minor = negative ? 0 - static_cast<std::uint64_t>(money.minor)
                                         : static_cast<std::uint64_t>(money.minor);
    std::string major = fmt::format("{}", minor / 100);
    for (std::size_t at = major.size(); at > 3;) {
        at -= 3;
        major.insert(at, ",");
    }
    return fmt::format("{}{}.{:02} {}", negative ? "-" : "", major, minor % 100,
                       money.currency_code());
}

}  // namespace attune
