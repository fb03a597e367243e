#pragma once

#include "storage/access_stores.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class ApiKeyStoreSql final : public ApiKeyStore {
 public:
    explicit ApiKeyStoreSql(SqlContext& context) : context_(context) {}

    Status add(const ApiKey& key) override;
    Result<ApiKey> get(std::string_view id) override;
    Result<std::vector<ApiKey>> list(const Page& page) override;
    Status revoke(std::string_view id) override;
    Status note_use(std::span<const ApiKeyUse> uses) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
