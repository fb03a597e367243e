#include "storage/sql/key_finder.hpp"

namespace attune {
namespace {

// Bounds the memory of one transaction; about 40 MB of short ids.
constexpr std::size_t kMaxRememberedKeys = 500'000;

}  // namespace

struct KeyFinder::Query {
    std::string id;
    long long key = 0;
    soci::statement statement;

    Query(soci::session& session, const std::string& sql)
        : statement(prepare(session, sql, soci::use(id, "id"), soci::into(key))) {}
};

Result<long long> KeyFinder::find(std::string_view id) {
    if (const auto found = keys_.find(id); found != keys_.end()) return found->second;
    if (!query_) query_ = std::make_shared<Query>(context_.session, sql_);
    query_->id = id;
    if (!fetch_one(query_->statement)) {
        return fail(ErrorCode::kNotFound, "there is no {} '{}'", noun_, id);
    }
    if (keys_.size() >= kMaxRememberedKeys) keys_.clear();
    keys_.emplace(id, query_->key);
    return query_->key;
}

void KeyFinder::forget() {
    // Not clear(): that would keep, and walk each time, the table of the largest transaction.
    if (!keys_.empty()) keys_ = {};
}

}  // namespace attune
