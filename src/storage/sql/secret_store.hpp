#pragma once

#include "storage/access_stores.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class SecretStoreSql final : public SecretStore {
 public:
    explicit SecretStoreSql(SqlContext& context) : context_(context) {}

    Status put(std::string_view name, std::string_view bytes) override;
    Result<std::string> get(std::string_view name) override;
    Status remove(std::string_view name) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
