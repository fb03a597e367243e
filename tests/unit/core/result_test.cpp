#include "core/result.hpp"

#include <gtest/gtest.h>

#include <set>

namespace attune {
namespace {

constexpr int kNumCodes = 14;

TEST(ErrorCodes, EachHasItsOwnExitCodeAboveOne) {
    std::set<int> codes;
    std::set<std::string_view> names;
    for (int code = 0; code < kNumCodes; ++code) {
        codes.insert(exit_code(static_cast<ErrorCode>(code)));
        names.insert(error_code_name(static_cast<ErrorCode>(code)));
        EXPECT_GE(http_status(static_cast<ErrorCode>(code)), 400);
    }
    EXPECT_EQ(codes.size(), std::size_t{kNumCodes});
    EXPECT_EQ(names.size(), std::size_t{kNumCodes});
    EXPECT_GE(*codes.begin(), 2);
}

Status refuse_odd(int number) {
    if (number % 2 != 0) return fail(ErrorCode::kInvalidArgument, "{} is odd", number);
    return {};
}

Result<int> half(int number) {
    ATTUNE_TRY(refuse_odd(number));
    return number / 2;
}

Result<int> quarter(int number) {
    ATTUNE_ASSIGN(const int halved, half(number));
    return half(halved);
}

TEST(Result, MacrosPassValuesAndErrorsOn) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().message, "3 is odd");
    EXPECT_EQ(quarter(5).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(quarter(6).error().at("row 3").message, "row 3: 3 is odd");
}

TEST(Result, CallsAFileByAnotherName) {
    const Error error{ErrorCode::kCorrupt, "/var/a.csv: row 2 of /var/a.csv; /var/b.csv"};
    EXPECT_EQ(error.calling("/var/a.csv", "mine.csv").message,
              "mine.csv: row 2 of mine.csv; /var/b.csv");
    EXPECT_EQ(error.calling("/var/a.csv", "mine.csv").code, ErrorCode::kCorrupt);
    EXPECT_EQ(error.calling("", "x").message, error.message);
    EXPECT_EQ(error.calling("/var/", "").message, "a.csv: row 2 of a.csv; b.csv");
}

}  // namespace
}  // namespace attune
