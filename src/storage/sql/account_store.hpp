#pragma once

#include "storage/access_stores.hpp"
#include "storage/sql/put_rows.hpp"

namespace attune {

class AccountStoreSql final : public AccountStore {
 public:
    AccountStoreSql(SqlContext& context, SqlKeys keys) : context_(context), keys_(keys) {}

    Status add(const Account& account) override;
    Status change(const Account& account) override;
    Result<Account> get(std::string_view name) override;
    Result<std::vector<Account>> list(const Page& page) override;
    Result<std::size_t> count() override;
    Status remove(std::string_view name) override;
    Status assign(std::string_view name, std::span<const std::string> customer_ids) override;
    Result<std::vector<std::string>> assigned(std::string_view name, const Page& page) override;
    Result<std::size_t> num_assigned(std::string_view name) override;
    Result<bool> is_assigned(std::string_view name, std::string_view customer_id) override;

 private:
    SqlContext& context_;
    SqlKeys keys_;
};

}  // namespace attune
