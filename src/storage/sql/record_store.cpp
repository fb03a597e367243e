#include "storage/sql/record_store.hpp"

namespace attune {

Result<std::array<char, 3>> stored_currency(const std::string& text) {
    const auto currency = parse_currency(text);
    if (!currency) return fail(ErrorCode::kCorrupt, "a stored currency is not three letters");
    return *currency;
}

}  // namespace attune
