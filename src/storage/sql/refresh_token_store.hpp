#pragma once

#include "storage/access_stores.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class RefreshTokenStoreSql final : public RefreshTokenStore {
 public:
    explicit RefreshTokenStoreSql(SqlContext& context) : context_(context) {}

    Status add(const RefreshToken& token) override;
    Result<RefreshTokenUse> use(std::string_view token_hash, Timestamp now) override;
    Result<std::optional<RefreshToken>> find(std::string_view token_hash) override;
    Result<std::optional<RefreshToken>> newest_of(std::string_view family) override;
    Result<std::vector<std::string>> families_of(std::string_view account, Timestamp now) override;
    Status revoke_family(std::string_view family) override;
    Status revoke_account(std::string_view account, std::string_view kept_family) override;
    Result<std::size_t> purge(Timestamp time, std::size_t limit) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
