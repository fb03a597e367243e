#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/sql/context.hpp"

namespace attune {

/// Finds the integer keys of customers or products, and remembers them within one transaction:
/// most of an import names few of them again and again.
class KeyFinder {
 public:
    /// @param sql   a query with one parameter, the id, and one column, the key
    /// @param noun  such as "customer", for messages
    KeyFinder(SqlContext& context, std::string sql, std::string noun)
        : context_(context), sql_(std::move(sql)), noun_(std::move(noun)) {}

    /// To be called where soci's exceptions are caught. @errors kNotFound
    Result<long long> find(std::string_view id);

    /// Forgets all keys: the transaction ended, was undone, or removed some.
    void forget();

 private:
    struct Query;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view id) const {
            return std::hash<std::string_view>{}(id);
        }
    };

    SqlContext& context_;
    std::string sql_;
    std::string noun_;
    std::shared_ptr<Query> query_{};
    std::unordered_map<std::string, long long, Hash, std::equal_to<>> keys_{};
};

}  // namespace attune
