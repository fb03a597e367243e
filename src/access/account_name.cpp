#include "access/account_name.hpp"

#include <algorithm>

namespace attune {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

bool may_be_in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '@';
}

}  // namespace

std::string fold_account_name(std::string_view name) {
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    std::string folded(name);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

Status check_account_name(std::string_view name) {
    if (!name.empty() && name.size() <= kMaxNameBytes &&
        std::all_of(name.begin(), name.end(), may_be_in_name)) {
        return {};
    }
    return fail(ErrorCode::kInvalidArgument,
                "the name of an account has 1 to {} characters of a-z, 0-9, '.', '_', '-' and '@'",
                kMaxNameBytes);
}

}  // namespace attune
